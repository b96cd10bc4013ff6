"""The same request again gives the same answer; equal requests in flight are one piece of work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from gateway.answers import Answer
from gateway.caching.memory import Found
from gateway.caching.naming import digest_of
from gateway.caching.shelf import Shelf
from gateway.config import CacheConfig
from gateway.hops import current_hops
from gateway.hosting.gallery import Gallery
from gateway.jobs import Keep, Known, Sharing
from gateway.metrics import Metrics
from gateway.middleware.links import Handler, Link
from gateway.request_keys import CACHE_AGE, CACHE_STATE, CALLER, IMAGE_REQUEST, SHARING

Render = Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]


def cache_counts(metrics: Metrics) -> Link:
    """Stands around all that may know the answer already: the cache, and the keys that clients chose."""

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CACHE_STATE] = "BYPASS"
        try:
            return await handler(request)
        finally:
            metrics.cache_requests.labels(request[CACHE_STATE].lower()).inc()

    return link


def cache(config: CacheConfig, kept: Shelf, gallery: Gallery, render: Render) -> Link:
    return _CacheLink(config, kept, gallery, render)


class _CacheLink:
    def __init__(self, config: CacheConfig, kept: Shelf, gallery: Gallery, render: Render) -> None:
        self._config = config
        self._kept = kept
        self._gallery = gallery
        self._render = render

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._applies(request):
            return await handler(request)
        request[CACHE_STATE] = "MISS"  # or COALESCED, when the handler finds equal work under way
        key = await _key(request, shared=self._config.shared)
        found = await self._found(key)
        if found is not None:
            request[CACHE_STATE] = "HIT"
            request[CACHE_AGE] = found.age
            return await self._render(request, found.answer)
        everywhere = not request[IMAGE_REQUEST].is_inline
        request[SHARING] = Sharing(key=key, known=self._knower(key), keep=(self._keeper(key),), everywhere=everywhere)
        return await handler(request)

    async def _found(self, key: str) -> Found | None:
        found = await self._kept.get(key)
        return found if found is not None and self._gallery.still_has(found.answer) else None

    def _knower(self, key: str) -> Known:
        async def known() -> Answer | None:
            found = await self._found(key)
            return found.answer if found is not None else None

        return known

    def _keeper(self, key: str) -> Keep:
        async def keep(answer: Answer) -> None:
            await self._kept.put(key, answer, min(self._config.ttl, self._gallery.life_left(answer)))

        return keep

    def _applies(self, request: web.Request) -> bool:
        """`no-cache` and `no-store` ask for a new picture. An Idempotency-Key says by itself what is the same request,
        and promises more than a cache can.
        """
        said = ",".join(request.headers.getall(hdrs.CACHE_CONTROL, [])).lower()
        wants_new = "no-cache" in said or "no-store" in said or SHARING in request
        return self._config.ttl > 0 and request.method in self._config.methods and not wants_new


async def _key(request: web.Request, *, shared: bool) -> str:
    """Answers belong to the token that asked; no name of a token holds a line end, so keys cannot run together.

    They also belong to the number of gateways in front: in a circle of gateways a request would wait for itself.
    """
    owner = "" if shared else request.get(CALLER, "")
    return f"{owner}\n{current_hops.get()}\n{await digest_of(request[IMAGE_REQUEST])}"
