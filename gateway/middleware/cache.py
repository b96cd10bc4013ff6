"""The same request again gives the same answer; equal requests in flight are one piece of work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from gateway.answers import Answer
from gateway.caching.memory import AnswerCache
from gateway.config import CacheConfig
from gateway.errors import GatewayError
from gateway.hosting.gallery import Gallery
from gateway.metrics import Metrics
from gateway.middleware.links import Handler, Link
from gateway.request_keys import ANSWER, CACHE_AGE, CACHE_STATE, CALLER, IMAGE_REQUEST

Render = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]


def cache(config: CacheConfig, kept: AnswerCache, gallery: Gallery, render: Render, metrics: Metrics) -> Link:
    flights: dict[str, asyncio.Future[Answer]] = {}

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        if config.ttl == 0 or request.method not in config.methods or _wants_new(request):
            return await _bypass(request, handler)
        key = _key(request, shared=config.shared)
        while True:
            found = kept.get(key)
            if found is not None and gallery.still_has(found[0]):
                return await _again(request, found[0], "HIT", found[1])
            flight = flights.get(key)
            if flight is None:
                return await _lead(request, handler, key)
            await asyncio.wait([flight])
            if not flight.cancelled():
                return await _again(request, flight.result(), "COALESCED", 0)
            # The leader went away without an answer: whoever waited looks again, and one takes over.

    async def _bypass(request: web.Request, handler: Handler) -> web.StreamResponse:
        _note(request, "BYPASS", 0)
        return await handler(request)

    async def _again(request: web.Request, answer: Answer, state: str, age: int) -> web.StreamResponse:
        _note(request, state, age)
        return await render(request, answer)

    async def _lead(request: web.Request, handler: Handler, key: str) -> web.StreamResponse:
        _note(request, "MISS", 0)
        flight = flights[key] = asyncio.get_running_loop().create_future()
        try:
            response = await handler(request)
        except GatewayError as error:
            flight.set_exception(error)
            flight.exception()  # nobody may be waiting, and that is no fault to be logged
            raise
        else:
            answer = request.get(ANSWER)
            if answer is not None:
                kept.put(key, answer, min(config.ttl, gallery.life_left(answer)))
                flight.set_result(answer)
            return response
        finally:
            del flights[key]
            if not flight.done():
                flight.cancel()

    def _note(request: web.Request, state: str, age: int) -> None:
        request[CACHE_STATE] = state
        request[CACHE_AGE] = age
        metrics.cache_requests.labels(state.lower()).inc()

    return link


def _wants_new(request: web.Request) -> bool:
    said = request.headers.get(hdrs.CACHE_CONTROL, "").lower()
    return "no-cache" in said or "no-store" in said


def _key(request: web.Request, *, shared: bool) -> str:
    """Answers belong to the token that asked; a name of a token holds no line end, so keys cannot run together."""
    owner = "" if shared else request.get(CALLER, "")
    return f"{owner}\n{request[IMAGE_REQUEST].digest()}"
