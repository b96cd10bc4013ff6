"""The door: a bearer token, when any is configured."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from aiohttp import hdrs, web

from gateway.config import AuthConfig, TokenConfig
from gateway.errors import BadRequest, Unauthorized
from gateway.middleware.links import Handler, Link
from gateway.request_keys import CALLER

API_KEY = "api-key"
"""The header that Azure's clients send instead."""


def auth(config: AuthConfig) -> tuple[Link, ...]:
    """No link at all when no token is configured: the gateway is open then."""
    if not config.tokens:
        return ()
    tokens = tuple((token.name, _digest_of(token)) for token in config.tokens)

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CALLER] = _caller(_presented(request), tokens)
        return await handler(request)

    return (link,)


def _presented(request: web.Request) -> bytes:
    found = {
        *(_bearer(value) for value in request.headers.getall(hdrs.AUTHORIZATION, [])),
        *request.headers.getall(API_KEY, []),
    }
    if not found:
        raise Unauthorized("Missing bearer token: send it as 'Authorization: Bearer <token>'")
    if len(found) > 1:
        raise BadRequest("Two different credentials were sent; send one")
    return found.pop().encode("utf-8", "surrogateescape")


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("The Authorization header must be 'Bearer <token>'")
    return token.strip()


def _caller(presented: bytes, tokens: Iterable[tuple[str, bytes]]) -> str:
    """Compares digests of equal length with every token, so that time tells neither length, prefix nor place."""
    digest = hashlib.sha256(presented).digest()
    found = [name for name, known in tokens if hmac.compare_digest(digest, known)]
    if not found:
        raise Unauthorized("Incorrect bearer token")
    return found[0]


def _digest_of(token: TokenConfig) -> bytes:
    if token.token is not None:
        return hashlib.sha256(token.token.get_secret_value().encode()).digest()
    return bytes.fromhex(token.sha256 or "")
