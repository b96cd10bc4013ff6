"""One total deadline for an image request, over its inputs and all attempts."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from aiohttp import hdrs, web

from gateway.lifecycle import DeadlinePassed, Lifecycle
from gateway.middleware.links import Handler, Link
from gateway.request_keys import ATTEMPTS, DEADLINE
from gateway.upstreams.attempts import Attempts

_RETRIED_BY_CLIENTS = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.GATEWAY_TIMEOUT})


def deadline(lifecycle: Lifecycle, seconds: float) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[ATTEMPTS] = Attempts()
        try:
            with lifecycle.deadline(asyncio.get_running_loop().time() + seconds) as request[DEADLINE]:
                return await handler(request)
        except DeadlinePassed as passed:
            raise passed.deadline.error(sent=request[ATTEMPTS].sent) from None

    return link


def write_attempts(request: web.Request, response: web.StreamResponse) -> None:
    """How many calls to upstreams were made, on failures too, and whether the client had better not ask again."""
    attempts = request.get(ATTEMPTS)
    if attempts is None:
        return
    response.headers.setdefault("X-Upstream-Attempts", str(attempts.count))
    failed = response.status >= HTTPStatus.BAD_REQUEST
    if failed and attempts.made:
        # Pictures were made and cannot be given out, for example because the store is full: again means paid again.
        response.headers.popall(hdrs.RETRY_AFTER, None)
        response.headers["x-should-retry"] = "false"
    elif response.status in _RETRIED_BY_CLIENTS and attempts.sent and hdrs.RETRY_AFTER not in response.headers:
        response.headers["x-should-retry"] = "false"
