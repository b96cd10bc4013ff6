"""Counts and times every request, refusals included; that is why it is the outermost link."""

from __future__ import annotations

import time

from aiohttp import hdrs, web

from gateway.metrics import Metrics
from gateway.middleware.links import Handler, Link
from gateway.request_keys import TRACE

_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST, hdrs.METH_OPTIONS})


def count(metrics: Metrics) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = route_label(request)
        method = request.method if request.method in _METHODS else "other"
        status = "499"  # nginx's number for a client that went away before its answer
        started = time.perf_counter()
        metrics.in_flight.inc()
        try:
            response = await handler(request)
            status = str(response.status)
            return response
        finally:
            metrics.in_flight.dec()
            metrics.requests.labels(route, method, status).inc()
            metrics.request_duration.labels(route, method).observe(
                time.perf_counter() - started, exemplar=request[TRACE].exemplar if TRACE in request else None
            )

    return link


def route_label(request: web.Request) -> str:
    """The route as it was declared, so that no client can make a new series."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "other"
