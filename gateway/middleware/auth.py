"""The door: a bearer token, while any is configured."""

from __future__ import annotations

from aiohttp import hdrs, web

from gateway.errors import BadRequest, Unauthorized
from gateway.middleware.links import Handler, Link
from gateway.request_keys import CALLER, TOKEN
from gateway.tokens import Tokens

API_KEY = "api-key"
"""The header that Azure's clients send instead."""


def auth(tokens: Tokens) -> Link:
    """Lets everybody in while there are no tokens, which are asked anew for each request: they may change."""

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        if tokens.is_open:
            return await handler(request)
        token = tokens.find(_presented(request))
        if token is None:
            raise Unauthorized("Incorrect bearer token")
        request[TOKEN], request[CALLER] = token, token.name
        return await handler(request)

    return link


def _presented(request: web.Request) -> bytes:
    headers = request.headers
    found = {_bearer(value) for value in headers.getall(hdrs.AUTHORIZATION, ())}
    found.update(headers.getall(API_KEY, ()))
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
