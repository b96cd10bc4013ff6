"""A body as it arrives: invited late, counted, timed, and the last of its connection when it fails (R4, R5)."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import pytest
from aiohttp import web
from support.errors import error_in
from support.raw_http import exchange, wire

from gateway.connections import ConnectionLimits, Runner
from gateway.inputs.arriving import BodyLimits, arriving
from gateway.metrics import Metrics
from gateway.middleware.errors import errors
from gateway.middleware.links import for_application

LIMITS = BodyLimits(max_body=1000, timeout=0.2)
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
BOMB = gzip.compress(b"x" * 5000)
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
Serve: TypeAlias = Callable[[BodyLimits], Awaitable[str]]


async def nobody_yet(_: web.Request) -> None:
    """As the gateway's routes: who reads the body invites it."""


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """An address that answers with the number of bytes that it was sent."""
    runners: list[Runner] = []

    async def start(limits: BodyLimits) -> str:
        async def say_size(request: web.Request) -> web.StreamResponse:
            async with arriving(request, limits) as chunks:
                return web.Response(text=str(sum([len(chunk) async for chunk in chunks])))

        app = web.Application(middlewares=for_application(errors(Metrics())))
        app.router.add_post("/", say_size, expect_handler=nobody_yet)
        runner = Runner(app, ConnectionLimits())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_a_body_of_any_framing_is_read(serve: Serve) -> None:
    address = await serve(LIMITS)

    async with wire(address) as line:
        await line.send(POST + b"Content-Length: 5\r\n\r\n12345")
        assert (await line.answer()).body == b"5"
        await line.send(CHUNKED + b"3\r\n123\r\n2;a=b\r\n45\r\n0\r\n\r\n")
        assert (await line.answer()).body == b"5"
        await line.send(POST + b"\r\n")
        assert (await line.answer()).body == b"0"


async def test_a_length_that_is_too_much_is_refused_before_anything_is_read(serve: Serve) -> None:
    address = await serve(LIMITS)

    async with wire(address) as line:
        await line.send(POST + b"Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n")
        answer = await line.answer()

    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    assert error_in(answer.json())["type"] == "invalid_request_error"


async def test_who_asks_first_is_invited_only_when_somebody_reads(serve: Serve) -> None:
    address = await serve(LIMITS)

    async with wire(address) as line:
        await line.send(POST + b"Content-Length: 5\r\nExpect: 100-Continue\r\n\r\n")
        assert (await line.answer()).status == 100
        await line.send(b"12345")
        assert (await line.answer()).body == b"5"


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n",
        CHUNKED + b"64\r\n" + b"x" * 100 + b"\r\n" + (b"64\r\n" + b"x" * 100 + b"\r\n") * 20,
        POST + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
    ],
)
async def test_more_than_the_limit_is_413_and_the_end(serve: Serve, sent: bytes) -> None:
    async with wire(await serve(LIMITS)) as line:
        await line.send(sent)
        answer = await line.answer()

    assert (answer.status, answer.headers["Connection"]) == (413, "close")


@pytest.mark.parametrize(
    "sent",
    [
        CHUNKED + b"ZZ\r\n",
        CHUNKED + b"3\r\n12345\r\n",
        CHUNKED + b"-3\r\n123\r\n0\r\n\r\n",
        CHUNKED + b"3\n123\n0\n\n",
    ],
)
async def test_what_cannot_be_read_gets_one_answer_and_the_end(serve: Serve, sent: bytes) -> None:
    answer = await exchange(await serve(LIMITS), sent + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.status == 400
    assert b"HTTP/1.1" not in answer.body


@pytest.mark.parametrize("drip", [b"", b"x"])
async def test_r5_a_body_that_is_not_there_in_time_is_400_and_the_end(serve: Serve, drip: bytes) -> None:
    address = await serve(LIMITS)

    async with wire(address) as line:
        await line.send(POST + b"Content-Length: 900\r\n\r\n")
        for _ in range(8):
            await asyncio.sleep(0.02)
            await line.send(drip)
        answer = await line.answer()

    assert (answer.status, answer.headers["Connection"]) == (400, "close")
    assert "0.2 seconds" in str(error_in(answer.json())["message"])
