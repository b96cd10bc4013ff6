"""/metrics, for Prometheus."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from aiohttp import hdrs, web
from prometheus_client.aiohttp import make_aiohttp_handler

from gateway.config import MetricsConfig
from gateway.errors import Unauthorized
from gateway.hosting.gallery import Gallery
from gateway.metrics import Metrics
from gateway.middleware.links import Handler


def scrape(metrics: Metrics, gallery: Gallery, max_bytes: int, config: Callable[[], MetricsConfig]) -> Handler:
    """The handler; with `metrics.token`, which `config` tells for today, it asks for that token and no other."""
    write = make_aiohttp_handler(metrics.registry)
    metrics.hosted_bytes.set_function(lambda: gallery.usage.bytes)
    metrics.hosted_images.set_function(lambda: gallery.usage.images)
    metrics.hosted_max_bytes.set(max_bytes)

    async def handle(request: web.Request) -> web.StreamResponse:
        token = config().token
        sent = request.headers.get(hdrs.AUTHORIZATION, "")
        if token is not None and not _same(sent, f"Bearer {token.get_secret_value()}"):
            raise Unauthorized("The metrics need their own bearer token")
        response: web.StreamResponse = await write(request)
        return response

    return handle


def _same(sent: str, wanted: str) -> bool:
    return hmac.compare_digest(
        hashlib.sha256(sent.encode("utf-8", "surrogateescape")).digest(),
        hashlib.sha256(wanted.encode()).digest(),
    )
