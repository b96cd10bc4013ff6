"""The writers of headers, one after another, on every response."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.middleware.headers import written


def _first(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Order"] = "first"


def _second(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["X-Order"] += ", second"


@pytest.mark.parametrize("path", ["/", "/unknown"])
async def test_all_writers_in_their_order_also_on_errors(path: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.router.add_get("/", answer)
    app.on_response_prepare.append(written(_first, _second))
    async with TestClient(TestServer(app)) as client:
        response = await client.get(path)
    assert response.headers["X-Order"] == "first, second"
