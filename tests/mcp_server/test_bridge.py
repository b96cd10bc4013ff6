"""aiohttp's requests as ASGI, and ASGI's answers as aiohttp's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.mcp_server.bridge import REQUEST, Application, Message, answer

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
START: Message = {"type": "http.response.start", "status": 201, "headers": [(b"x-one", b"1"), (b"server", b"s")]}


async def served(application: Application, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await answer(application, request, await request.read())

    app = web.Application()
    app.router.add_post("/mcp", handle)
    async with TestClient(TestServer(app)) as client, client.post("/mcp", data=body) as reply:
        return reply.status, dict(reply.headers), await reply.read()


async def test_a_whole_answer_is_passed_on() -> None:
    async def application(scope: Message, receive: Receive, send: Send) -> None:
        message = await receive()
        assert scope[REQUEST].path == scope["path"] == "/mcp"
        assert (b"host" in dict(scope["headers"]), message["more_body"]) == (True, False)
        await send(START)
        await send({"type": "http.response.body", "body": message["body"].upper()})

    status, headers, body = await served(application, b"hello")

    assert (status, body, headers["x-one"], headers["Cache-Control"]) == (201, b"HELLO", "1", "no-store")
    assert headers["Server"] != "s"


async def test_an_answer_in_parts_is_streamed() -> None:
    async def application(_: Message, __: Receive, send: Send) -> None:
        await send(START)
        await send({"type": "http.response.body", "body": b"one ", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    status, headers, body = await served(application)

    assert (status, body, headers["Transfer-Encoding"]) == (201, b"one two", "chunked")


async def test_an_application_that_does_not_answer_is_a_fault() -> None:
    async def silent(_: Message, __: Receive, ___: Send) -> None:
        """Nothing."""

    status, _, _ = await served(silent)

    assert status == 500


@pytest.mark.parametrize("body", [b"", b"x" * 100_000])
async def test_the_body_is_given_once(body: bytes) -> None:
    async def application(_: Message, receive: Receive, send: Send) -> None:
        given = (await receive())["body"]
        await send(START)
        await send({"type": "http.response.body", "body": str(len(given)).encode()})

    assert (await served(application, body))[2] == str(len(body)).encode()
