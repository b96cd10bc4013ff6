"""The door: who comes in, who does not, and what they are told (U6)."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from aiohttp import web
from support.links import Mount

from gateway.config import AuthConfig
from gateway.middleware.auth import auth
from gateway.request_keys import CALLER

TOKENS = AuthConfig.model_validate(
    {
        "tokens": [
            {"name": "web", "token": "web-token"},
            {"name": "batch", "sha256": hashlib.sha256(b"batch-token").hexdigest()},
        ]
    }
)


async def say_caller(request: web.Request) -> web.StreamResponse:
    return web.Response(text=request[CALLER])


def test_no_token_configured_is_no_link() -> None:
    assert auth(AuthConfig()) == ()


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ([("Authorization", "Bearer web-token")], "web"),
        ([("Authorization", "bearer batch-token")], "batch"),
        ([("api-key", "batch-token")], "batch"),
        ([("Authorization", "Bearer web-token"), ("api-key", "web-token")], "web"),
    ],
)
async def test_a_known_token_comes_in(mount: Mount, headers: list[tuple[str, str]], caller: str) -> None:
    client = await mount(*auth(TOKENS), handler=say_caller)
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
    ],
)
async def test_anybody_else_is_refused(mount: Mount, headers: list[tuple[str, str]]) -> None:
    client = await mount(*auth(TOKENS), handler=say_caller)
    response = await client.get("/", headers=headers)
    error: Any = (await response.json())["error"]
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", "invalid_api_key", None)


async def test_a_token_in_the_query_is_not_looked_at(mount: Mount) -> None:
    client = await mount(*auth(TOKENS), handler=say_caller)
    response = await client.get("/", params={"api-key": "web-token", "token": "web-token"})
    assert response.status == 401


async def test_two_different_credentials_are_refused(mount: Mount) -> None:
    client = await mount(*auth(TOKENS), handler=say_caller)
    response = await client.get("/", headers=[("Authorization", "Bearer web-token"), ("api-key", "batch-token")])
    assert response.status == 400
