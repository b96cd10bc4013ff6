"""The load counts what was answered, what was refused, and what was never answered."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest
from aiohttp import web
from support.calls import in_this_thread

from bench import load

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]


async def ok(_: web.Request) -> web.Response:
    return web.Response(text="fine")


async def refused(_: web.Request) -> web.Response:
    return web.Response(status=503, text="busy")


@pytest.mark.parametrize(("handler", "good", "errors"), [(ok, 6, {}), (refused, 0, {"503": 6})])
async def test_answers_and_refusals_are_counted(handler: Handler, good: int, errors: dict[str, int]) -> None:
    app = web.Application()
    app.router.add_get("/", handler)
    async with in_this_thread(app) as port:
        request = load.http_request("GET", f"http://127.0.0.1:{port}/", headers={})
        found = await load.run(request, port, connections=2, most=6, seconds=30)
    assert (found.good, found.errors) == (good, errors)


async def test_what_is_never_answered_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "GRACE", 0.1)

    with socket.create_server(("127.0.0.1", 0)) as deaf:  # the kernel takes the connections, and nobody reads them
        port = deaf.getsockname()[1]
        found = await load.run(b"GET / HTTP/1.1\r\n\r\n", port, connections=2, most=6, seconds=0.1)
    assert (found.good, found.errors) == (0, {"unanswered": 2})
