"""One total deadline for an image request, over its inputs and all attempts."""

from __future__ import annotations

from aiohttp import web

from gateway.lifecycle import Lifecycle
from gateway.middleware.links import Handler, Link
from gateway.request_keys import DEADLINE


def deadline(lifecycle: Lifecycle, seconds: float) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        async with lifecycle.deadline(seconds) as end:
            request[DEADLINE] = end
            return await handler(request)

    return link
