"""A backend on loopback that answers as a test says, however badly, and keeps what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Backend:
    """Every path gets the same answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        """Paths."""
        self.address = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        return await self.answer(request)


@asynccontextmanager
async def backend(answer: Answer) -> AsyncIterator[Backend]:
    running = Backend(answer)
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_route("*", "/{path:.*}", running.handle)
    async with TestServer(app) as server:
        running.address = str(server.make_url("")).rstrip("/")
        yield running


def says(status: int = 200, **options: Any) -> Answer:
    """A whole answer: `json`, or `body` and `headers`."""

    async def answer(_: web.Request) -> web.StreamResponse:
        if "json" in options:
            return web.json_response(options["json"], status=status, headers=options.get("headers"))
        return web.Response(status=status, **options)

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """In the middle of its answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"created": 1, ')
    assert request.transport is not None
    request.transport.close()
    return response


async def dawdles(request: web.Request) -> web.StreamResponse:
    """Sends a byte now and then, so that no time-out between two bytes ever strikes."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(500):
        await response.write(b" ")
        await asyncio.sleep(0.02)
    return response


async def pours(request: web.Request) -> web.StreamResponse:
    """Has no end."""
    response = web.StreamResponse()
    await response.prepare(request)
    block = b" " * 2**16
    while True:
        await response.write(block)
