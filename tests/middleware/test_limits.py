"""A token's limits on the way in, and the headers that tell of them on the way out."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient
from support.links import Client

from gateway.clock import SystemClock
from gateway.config import AuthConfig
from gateway.metrics import Metrics
from gateway.middleware.auth import auth
from gateway.middleware.errors import errors
from gateway.middleware.limits import duration, limit_headers, limits
from gateway.middleware.links import Handler, for_application
from gateway.quotas.token_quotas import TokenQuotas
from gateway.tokens import Tokens

TOKENS = AuthConfig.model_validate(
    {
        "tokens": [
            {"name": "free", "token": "free"},
            {"name": "slow", "token": "slow", "requests_per_minute": 2},
            {"name": "single", "token": "single", "max_in_flight": 1},
            {"name": "daily", "token": "daily", "images_per_day": 100},
        ]
    }
)


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    return await behind(aiohttp_client, say_ok)


async def behind(aiohttp_client: AiohttpClient, handler: Handler) -> Client:
    clock = SystemClock()
    quotas = TokenQuotas.in_memory(clock)
    app = web.Application(middlewares=for_application(errors(Metrics()), auth(Tokens(TOKENS, clock)), limits(quotas)))
    app.router.add_route("*", "/", handler)
    app.on_response_prepare.append(limit_headers(quotas))
    client: TestClient[web.Request, web.Application] = await aiohttp_client(app)
    return client


async def say_ok(_: web.Request) -> web.StreamResponse:
    return web.Response(text="ok")


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_is_told_how_much_is_left(client: Client) -> None:
    first = await client.get("/", headers=bearer("slow"))
    second = await client.get("/", headers=bearer("slow"))

    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert [answer.headers["x-ratelimit-remaining-requests"] for answer in (first, second)] == ["1", "0"]
    assert first.headers["x-ratelimit-reset-requests"] in {"29.9s", "30s"}


async def test_one_too_many_is_429_and_told_when_to_come_again(client: Client) -> None:
    for _ in range(2):
        await client.get("/", headers=bearer("slow"))

    refused = await client.get("/", headers=bearer("slow"))

    error = (await refused.json())["error"]
    assert (refused.status, error["type"], error["code"]) == (429, "rate_limit_error", "rate_limit_exceeded")
    assert 29 <= int(refused.headers["Retry-After"]) <= 30
    assert refused.headers["x-ratelimit-remaining-requests"] == "0"


async def test_another_token_does_not_notice(client: Client) -> None:
    for _ in range(5):
        await client.get("/", headers=bearer("slow"))

    answer = await client.get("/", headers=bearer("free"))

    assert answer.status == 200
    assert not [name for name in answer.headers if name.lower().startswith("x-ratelimit")]


async def test_images_have_headers_of_their_own(client: Client) -> None:
    answer = await client.get("/", headers=bearer("daily"))

    names = ("limit", "remaining", "reset")
    assert [answer.headers[f"x-ratelimit-{name}-images"] for name in names] == ["100", "100", "0ms"]


async def test_a_stranger_is_told_of_no_limits(client: Client) -> None:
    refused = await client.get("/", headers=bearer("wrong"))

    assert refused.status == 401
    assert not [name for name in refused.headers if name.lower().startswith("x-ratelimit")]


async def test_only_so_many_are_in_flight(aiohttp_client: AiohttpClient) -> None:
    may_answer, is_asked = asyncio.Event(), asyncio.Event()

    async def wait(_: web.Request) -> web.StreamResponse:
        is_asked.set()
        await may_answer.wait()
        return web.Response()

    client = await behind(aiohttp_client, wait)
    first = asyncio.ensure_future(client.get("/", headers=bearer("single")))
    await is_asked.wait()
    second = await client.get("/", headers=bearer("single"))
    may_answer.set()

    assert (second.status, second.headers["Retry-After"], (await first).status) == (429, "1", 200)
    assert (await client.get("/", headers=bearer("single"))).status == 200


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.0115, "12ms"),
        (0.999, "999ms"),
        (1, "1s"),
        (3.42, "3.5s"),
        (59.9, "59.9s"),
        (60, "1m0s"),
        (360, "6m0s"),
        (86_340, "23h59m0s"),
        (86_400.2, "24h0m1s"),
    ],
)
def test_a_duration_is_written_as_openai_writes_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
