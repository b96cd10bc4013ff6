"""Bodies in pieces reach the client as one body, long or short, with their length said."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.handlers.pieces import JOINED, Pieces, body_of

LONG = bytes(range(256)) * (JOINED // 128)


@pytest.mark.parametrize("pieces", [[], [b"{}"], [b"a", b"", memoryview(b"bc")], [b"<", memoryview(LONG), LONG, b">"]])
async def test_pieces_arrive_in_their_order(pieces: list[bytes | memoryview]) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body_of(pieces), content_type="application/json")

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/")
        body = await response.read()
    assert body == b"".join(pieces)
    assert response.headers["Content-Length"] == str(len(body))
    assert response.content_type == "application/json"


def test_a_long_body_is_not_copied() -> None:
    assert isinstance(body_of([LONG]), Pieces)
    assert body_of([b"short"]) == b"short"


def test_a_long_body_is_never_read_back() -> None:
    with pytest.raises(TypeError):
        Pieces([LONG]).decode()
