"""A token's own limits: refused before the body is read, and told in headers how much is left."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.middleware.links import Handler, Link
from gateway.quotas.token_quotas import TokenQuotas
from gateway.request_keys import TOKEN

_MINUTE, _HOUR = 60, 3600


def limits(quotas: TokenQuotas) -> Link:
    """Its place is directly after auth; what a request makes is charged later, when it is known."""

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = request.get(TOKEN)
        if token is None or not token.is_limited:
            return await handler(request)
        async with quotas.request(token):
            return await handler(request)

    return link


def limit_headers(quotas: TokenQuotas) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """A signal handler that tells on every answer, refusals too, where its token stands; the names are OpenAI's."""

    async def write(request: web.Request, response: web.StreamResponse) -> None:
        token = request.get(TOKEN)
        if token is None or not token.is_counted:
            return
        for what, balance in (await quotas.balances(token)).items():
            response.headers[f"X-RateLimit-Limit-{what.title()}"] = str(balance.limit)
            response.headers[f"X-RateLimit-Remaining-{what.title()}"] = str(balance.remaining)
            response.headers[f"X-RateLimit-Reset-{what.title()}"] = duration(balance.reset)

    return write


def duration(seconds: float) -> str:
    """As OpenAI's clients read it: `12ms`, `3.5s`, `6m0s`, `23h59m0s`; rounded up."""
    if seconds < 1:
        return f"{math.ceil(seconds * 1000)}ms"
    if seconds < _MINUTE:
        return f"{math.ceil(seconds * 10) / 10:g}s"
    whole = math.ceil(seconds)
    hours, minutes = whole // _HOUR, whole // _MINUTE % _MINUTE
    return f"{hours}h{minutes}m{whole % _MINUTE}s" if hours else f"{minutes}m{whole % _MINUTE}s"
