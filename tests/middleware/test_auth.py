"""The door: who comes in, who does not, and what they are told (U6)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from aiohttp import web
from support.links import Mount

from gateway.clock import SystemClock
from gateway.config import AuthConfig
from gateway.middleware.auth import auth
from gateway.request_keys import CALLER
from gateway.tokens import Tokens

TOKENS = AuthConfig.model_validate(
    {
        "tokens": [
            {"name": "web", "token": "web-token"},
            {"name": "batch", "sha256": hashlib.sha256(b"batch-token").hexdigest()},
            {"name": "old", "token": "old-token", "expires": "2001-01-01"},
        ]
    }
)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(TOKENS, SystemClock())


async def say_caller(request: web.Request) -> web.StreamResponse:
    return web.Response(text=request.get(CALLER, "nobody"))


async def test_without_tokens_everybody_comes_in(mount: Mount) -> None:
    client = await mount(auth(Tokens(AuthConfig(), SystemClock())), handler=say_caller)

    response = await client.get("/", headers={"Authorization": "Bearer whatever"})

    assert (response.status, await response.text()) == (200, "nobody")


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ([("Authorization", "Bearer web-token")], "web"),
        ([("Authorization", "bearer batch-token")], "batch"),
        ([("api-key", "batch-token")], "batch"),
        ([("Authorization", "Bearer web-token"), ("api-key", "web-token")], "web"),
    ],
)
async def test_a_known_token_comes_in(
    mount: Mount, tokens: Tokens, headers: list[tuple[str, str]], caller: str
) -> None:
    client = await mount(auth(tokens), handler=say_caller)
    response = await client.get("/", headers=headers)
    assert (response.status, await response.text()) == (200, caller)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer wrong")],
        [("Authorization", "Bearer web-toke")],
        [("Authorization", "Bearer web-token2")],
        [("Authorization", "Bearer WEB-TOKEN")],
        [("Authorization", "Bearer")],
        [("Authorization", "web-token")],
        [("Authorization", "Basic d2ViLXRva2Vu")],
        [("api-key", "")],
        [("Authorization", "Bearer wéb-token")],
        [("Authorization", "Bearer old-token")],
    ],
)
async def test_anybody_else_is_refused(mount: Mount, tokens: Tokens, headers: list[tuple[str, str]]) -> None:
    client = await mount(auth(tokens), handler=say_caller)
    response = await client.get("/", headers=headers)
    error: Any = (await response.json())["error"]
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", "invalid_api_key", None)


async def test_a_token_in_the_query_is_not_looked_at(mount: Mount, tokens: Tokens) -> None:
    client = await mount(auth(tokens), handler=say_caller)
    response = await client.get("/", params={"api-key": "web-token", "token": "web-token"})
    assert response.status == 401


async def test_two_different_credentials_are_refused(mount: Mount, tokens: Tokens) -> None:
    client = await mount(auth(tokens), handler=say_caller)
    response = await client.get("/", headers=[("Authorization", "Bearer web-token"), ("api-key", "batch-token")])
    assert response.status == 400


async def test_an_expired_token_is_told_what_an_unknown_one_is(mount: Mount, tokens: Tokens) -> None:
    client = await mount(auth(tokens))
    expired = await client.get("/", headers={"Authorization": "Bearer old-token"})
    unknown = await client.get("/", headers={"Authorization": "Bearer no-token"})
    assert await expired.read() == await unknown.read()
    assert expired.headers.keys() == unknown.headers.keys()


async def test_tokens_may_change_while_the_link_serves(mount: Mount, tokens: Tokens) -> None:
    client = await mount(auth(tokens), handler=say_caller)
    tokens.replace(AuthConfig.model_validate({"tokens": [{"name": "new", "token": "new-token"}]}))
    old = await client.get("/", headers={"Authorization": "Bearer web-token"})
    new = await client.get("/", headers={"Authorization": "Bearer new-token"})
    assert (old.status, await new.text()) == (401, "new")
