"""Refuses a request that has come through too many gateways."""

from __future__ import annotations

import re

from aiohttp import web

from gateway.hops import HEADER, current_hops, too_many_hops
from gateway.middleware.links import Handler, Link

_COUNT = re.compile(r"[0-9]{1,4}")


def hops(limit: int) -> Link:
    """Let through what has come through `limit` gateways at most."""

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        count = _count(request)
        if count is None or count > limit:
            raise too_many_hops()
        token = current_hops.set(count)
        try:
            return await handler(request)
        finally:
            current_hops.reset(token)

    return link


def _count(request: web.Request) -> int | None:
    """None for what is no count: a loop must not go on because somebody garbles the header."""
    sent = request.headers.getall(HEADER, ["0"])
    return int(sent[0]) if len(sent) == 1 and _COUNT.fullmatch(sent[0]) else None
