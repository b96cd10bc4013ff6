"""More than the process can take is refused at once, and no token takes it all (L2, R8)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiohttp import ClientResponse, web
from support.links import Client, Mount

from gateway.clock import SystemClock
from gateway.config import AuthConfig
from gateway.middleware.auth import auth
from gateway.middleware.overload import overload
from gateway.quotas.in_flight import InFlight
from gateway.tokens import Tokens

MOST = 4


class Held:
    """A handler that answers when told, and never looks at the body."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self._arrivals = asyncio.Semaphore(0)

    async def handle(self, _: web.Request) -> web.StreamResponse:
        self._arrivals.release()
        await self.may_answer.wait()
        return web.Response(text="ok")

    async def gets(self, count: int) -> None:
        """Wait until so many more have arrived."""
        async with asyncio.timeout(5):
            for _ in range(count):
                await self._arrivals.acquire()


@pytest.fixture
def held() -> Held:
    return Held()


def tokens(*names: str) -> Tokens:
    config = AuthConfig.model_validate({"tokens": [{"name": name, "token": name} for name in names]})
    return Tokens(config, SystemClock())


def asking(client: Client, token: str) -> Callable[[], asyncio.Future[ClientResponse]]:
    return lambda: asyncio.ensure_future(client.get("/", headers={"Authorization": f"Bearer {token}"}))


async def test_beyond_the_cap_is_503_with_a_hint(mount: Mount, held: Held) -> None:
    client = await mount(overload(InFlight(), MOST, tokens()), handler=held.handle)
    served = [asyncio.ensure_future(client.get("/")) for _ in range(MOST)]
    await held.gets(MOST)

    refused = await client.get("/")
    held.may_answer.set()

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert (await refused.json())["error"]["type"] == "api_error"
    assert [(await answer).status for answer in served] == [200] * MOST


async def test_the_body_of_what_is_shed_is_not_waited_for(mount: Mount, held: Held) -> None:
    client = await mount(overload(InFlight(), 1, tokens()), handler=held.handle)
    served = asyncio.ensure_future(client.get("/"))
    await held.gets(1)

    async def endless() -> object:
        yield b"a"
        await asyncio.Event().wait()

    async with asyncio.timeout(2):
        refused = await client.post("/", data=endless())
    held.may_answer.set()

    assert (refused.status, (await served).status) == (503, 200)


async def test_one_of_several_tokens_gets_half_of_the_places(mount: Mount, held: Held) -> None:
    several = tokens("loud", "quiet")
    client = await mount(auth(several), overload(InFlight(), MOST, several), handler=held.handle)
    loud, quiet = asking(client, "loud"), asking(client, "quiet")
    served = [loud() for _ in range(MOST // 2)]
    await held.gets(MOST // 2)

    refused = await loud()
    served.append(quiet())
    await held.gets(1)
    held.may_answer.set()

    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert [(await answer).status for answer in served] == [200, 200, 200]


async def test_a_single_token_gets_all_of_them(mount: Mount, held: Held) -> None:
    single = tokens("only")
    client = await mount(auth(single), overload(InFlight(), MOST, single), handler=held.handle)
    served = [asking(client, "only")() for _ in range(MOST)]

    await held.gets(MOST)
    held.may_answer.set()

    assert [(await answer).status for answer in served] == [200] * MOST
