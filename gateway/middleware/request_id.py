"""Gives every request a name, returned to the client, logged, and forwarded to upstreams."""

from __future__ import annotations

import re

from aiohttp import web

from gateway.clock import RandomBytes
from gateway.logs import current_request_id
from gateway.middleware.links import Handler, Link
from gateway.request_keys import REQUEST_ID

HEADER = "X-Request-ID"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(random_bytes: RandomBytes) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = request.headers.get(HEADER, "")
        name = sent if _PLAIN.fullmatch(sent) else random_bytes(16).hex()
        request[REQUEST_ID] = name
        token = current_request_id.set(name)
        try:
            return await handler(request)
        finally:
            current_request_id.reset(token)

    return link


def write_request_id(request: web.Request, response: web.StreamResponse) -> None:
    if (name := request.get(REQUEST_ID)) is not None:
        response.headers[HEADER] = name
