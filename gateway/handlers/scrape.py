"""/metrics, for Prometheus."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web
from prometheus_client.aiohttp import make_aiohttp_handler

from gateway.config import MetricsConfig
from gateway.errors import Unauthorized, Unavailable
from gateway.hosting.gallery import Gallery
from gateway.metrics import Metrics
from gateway.middleware.links import Handler
from gateway.shared_state import SharedStateDown
from gateway.supervision.merging import Merged
from gateway.supervision.siblings import Siblings


def scrape(
    metrics: Metrics,
    gallery: Gallery,
    max_bytes: int,
    config: Callable[[], MetricsConfig],
    siblings: Siblings | None = None,
) -> Handler:
    """The handler; with `metrics.token`, which `config` tells for today, it asks for that token and no other.

    It tells of all `siblings` together, whichever of them is asked.
    """
    own = make_aiohttp_handler(metrics.registry)
    metrics.hosted_bytes.set_function(lambda: gallery.usage.bytes)
    metrics.hosted_images.set_function(lambda: gallery.usage.images)
    metrics.hosted_max_bytes.set(max_bytes)

    async def handle(request: web.Request) -> web.StreamResponse:
        token = config().token
        sent = request.headers.get(hdrs.AUTHORIZATION, "")
        if token is not None and not _same(sent, f"Bearer {token.get_secret_value()}"):
            raise Unauthorized("The metrics need their own bearer token")
        response: web.StreamResponse = await (own if siblings is None else await _of_all(siblings))(request)
        return response

    return handle


async def _of_all(siblings: Siblings) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    try:
        return make_aiohttp_handler(Merged(await siblings.metrics()))
    except SharedStateDown:
        raise Unavailable("The metrics of all workers cannot be had", retry_after=1) from None


def _same(sent: str, wanted: str) -> bool:
    return hmac.compare_digest(
        hashlib.sha256(sent.encode("utf-8", "surrogateescape")).digest(),
        hashlib.sha256(wanted.encode()).digest(),
    )
