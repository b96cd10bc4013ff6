"""Requests of the gateway to itself are those of their caller."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.mcp_server.inside import post
from gateway.request_keys import REQUEST_ID

SECRET = {"Authorization": "Bearer secret", "X-Forwarded-Proto": "https", "traceparent": "00-1-2-00", "Cookie": "a=b"}


async def outer(request: web.Request) -> web.StreamResponse:
    request[REQUEST_ID] = "named"
    answer = await post(request, "/inner", {"prompt": "ä"})
    return web.json_response({"status": answer.status, "body": answer.body})


async def inner(request: web.Request) -> web.StreamResponse:
    told = {name: request.headers.get(name) for name in (*SECRET, "X-Request-ID", "Content-Type")}
    return web.json_response({"told": told, "host": request.host, "body": await request.json()}, status=202)


async def asked(**headers: str) -> dict[str, Any]:
    app = web.Application()
    app.router.add_post("/outer", outer)
    app.router.add_post("/inner", inner)
    async with TestClient(TestServer(app)) as client, client.post("/outer", headers=headers) as reply:
        answer: dict[str, Any] = await reply.json()
        return answer


async def test_fields_arrive_and_the_answer_comes_back() -> None:
    answer = await asked()

    assert answer["status"] == 202
    assert answer["body"]["body"] == {"prompt": "ä"}


async def test_who_asks_is_handed_on_and_nothing_else() -> None:
    told = (await asked(**SECRET))["body"]["told"]

    assert told == {**SECRET, "Cookie": None, "X-Request-ID": "named", "Content-Type": "application/json"}


async def test_the_address_is_that_of_the_caller() -> None:
    assert (await asked(Host="images.example.com"))["body"]["host"] == "images.example.com"
