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
    return _CacheLink(config, kept, gallery, render, metrics)


class _CacheLink:
    def __init__(
        self, config: CacheConfig, kept: AnswerCache, gallery: Gallery, render: Render, metrics: Metrics
    ) -> None:
        self._config = config
        self._kept = kept
        self._gallery = gallery
        self._render = render
        self._metrics = metrics
        self._flights: dict[str, asyncio.Future[Answer]] = {}

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._applies(request):
            self._note(request, "BYPASS")
            return await handler(request)
        key = _key(request, shared=self._config.shared)
        while True:
            found = self._kept.get(key)
            if found is not None and self._gallery.still_has(found.answer):
                self._note(request, "HIT", found.age)
                return await self._render(request, found.answer)
            flight = self._flights.get(key)
            if flight is None:
                return await self._lead(request, handler, key)
            await asyncio.wait([flight])
            if not flight.cancelled():
                self._note(request, "COALESCED")
                return await self._render(request, flight.result())
            # The leader went away without an answer: whoever waited looks again, and one takes over.

    async def _lead(self, request: web.Request, handler: Handler, key: str) -> web.StreamResponse:
        self._note(request, "MISS")
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            response = await handler(request)
        except GatewayError as error:
            flight.set_exception(error)
            flight.exception()  # nobody may be waiting, and that is no fault to be logged
            raise
        else:
            answer = request.get(ANSWER)
            if answer is not None:
                self._kept.put(key, answer, min(self._config.ttl, self._gallery.life_left(answer)))
                flight.set_result(answer)
            return response
        finally:
            del self._flights[key]
            if not flight.done():
                flight.cancel()

    def _applies(self, request: web.Request) -> bool:
        """`no-cache` and `no-store` ask for a new picture."""
        said = request.headers.get(hdrs.CACHE_CONTROL, "").lower()
        wants_new = "no-cache" in said or "no-store" in said
        return self._config.ttl > 0 and request.method in self._config.methods and not wants_new

    def _note(self, request: web.Request, state: str, age: int = 0) -> None:
        request[CACHE_STATE] = state
        request[CACHE_AGE] = age
        self._metrics.cache_requests.labels(state.lower()).inc()


def _key(request: web.Request, *, shared: bool) -> str:
    """Answers belong to the token that asked; no name of a token holds a line end, so keys cannot run together."""
    owner = "" if shared else request.get(CALLER, "")
    return f"{owner}\n{request[IMAGE_REQUEST].digest()}"
