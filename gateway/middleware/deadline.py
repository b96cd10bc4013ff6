"""One total deadline for an image request, over its inputs and all attempts."""

from __future__ import annotations

from aiohttp import web

from gateway.lifecycle import DeadlinePassed, Lifecycle
from gateway.middleware.links import Handler, Link
from gateway.request_keys import ATTEMPTS, DEADLINE
from gateway.upstreams.attempts import Attempts


def deadline(lifecycle: Lifecycle, seconds: float) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[ATTEMPTS] = Attempts()
        try:
            async with lifecycle.deadline(seconds) as end:
                request[DEADLINE] = end
                return await handler(request)
        except DeadlinePassed as passed:
            raise passed.deadline.error(sent=request[ATTEMPTS].sent) from None

    return link


async def write_attempts(request: web.Request, response: web.StreamResponse) -> None:
    """How many calls to upstreams were made, on failures too."""
    if ATTEMPTS in request and "X-Upstream-Attempts" not in response.headers:
        response.headers["X-Upstream-Attempts"] = str(request[ATTEMPTS].count)
