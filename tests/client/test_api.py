"""Connections that break between client and gateway, and a gateway that is away for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestServer, unused_port
from support.samples import plain, text

from gateway.client.api import WAITS, Api
from gateway.client.failures import Lost, Unreached
from gateway.client.orders import Order
from gateway.client.terminal import Wait
from gateway.images import Operation

ORDER = Order(Operation.GENERATE, {"prompt": "a fox"}, "my-key")
EVENT = f'event: image_generation.completed\ndata: {{"b64_json": "{text(plain())}"}}\n\n'


class Flaky:
    """A gateway that comes, goes, and breaks what it is told to break."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self.address = f"http://127.0.0.1:{unused_port()}"
        self.keys: list[str] = []
        self.breaks = 1
        """Connections that are cut before they are answered."""
        self.pauses: list[float] = []
        self.hangs = False
        self._stack = stack

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/v1/images/generations", self._handle)
        self.server = await self._stack.enter_async_context(TestServer(app, port=int(self.address.rpartition(":")[2])))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers["Idempotency-Key"])
        if self.hangs:
            await asyncio.Event().wait()
        if len(self.keys) <= self.breaks:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(text=EVENT, content_type="text/event-stream")

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if seconds == WAITS[0]:
            await self.server.close()
        elif seconds == WAITS[1]:
            await self.start()


@pytest.fixture
async def flaky() -> AsyncIterator[Flaky]:
    async with AsyncExitStack() as stack:
        yield Flaky(stack)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(total=5)) as found:
        yield found


async def test_a_gateway_that_restarts_is_found_again_under_the_same_key(flaky: Flaky, session: ClientSession) -> None:
    await flaky.start()

    answer = await Api(session, flaky.address, pause=flaky.pause).make(ORDER, Wait("x"))

    assert [made.data for made in answer.pictures] == [plain()]
    assert flaky.keys == ["my-key", "my-key"]
    assert flaky.pauses == [1, 2]


async def test_a_gateway_that_stays_away_costs_no_key(flaky: Flaky, session: ClientSession) -> None:
    await flaky.start()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        await flaky.server.close()

    with pytest.raises(Lost) as caught:
        await Api(session, flaky.address, pause=pause).make(ORDER, Wait("x"))

    assert "--key my-key" in caught.value.advice
    assert tuple(pauses) == WAITS


async def test_where_nobody_ever_was_nobody_is_waited_for(flaky: Flaky, session: ClientSession) -> None:
    with pytest.raises(Unreached, match="Connection refused"):
        await Api(session, flaky.address, pause=flaky.pause).make(ORDER, Wait("x"))

    assert flaky.pauses == []


async def test_an_answer_that_takes_too_long_is_not_waited_for_again(flaky: Flaky) -> None:
    flaky.hangs = True
    await flaky.start()

    async with ClientSession(timeout=ClientTimeout(total=0.5)) as session:
        with pytest.raises(Lost, match="--timeout"):
            await Api(session, flaky.address, pause=flaky.pause).make(ORDER, Wait("x"))

    assert (flaky.keys, flaky.pauses) == (["my-key"], [])
