"""Counts what is under way, so that draining knows when it is done, and lets go of connections meanwhile."""

from __future__ import annotations

from aiohttp import web

from gateway.lifecycle import Lifecycle, Phase
from gateway.middleware.links import Handler, Link


def draining(lifecycle: Lifecycle) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        lifecycle.requests += 1
        try:
            response = await handler(request)
        finally:
            lifecycle.requests -= 1
        if lifecycle.phase is Phase.DRAINING:
            response.force_close()  # a kept connection would bring new requests to a process that ends
        return response

    return link
