"""Counts and times every request, refusals included; that is why it is the outermost link."""

from __future__ import annotations

import time

from aiohttp import hdrs, web

from gateway.metrics import Metrics
from gateway.middleware.links import Handler, Link
from gateway.request_keys import BROKEN_OFF, TRACE

METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST, hdrs.METH_OPTIONS})


def count(metrics: Metrics) -> Link:
    in_flight = 0
    metrics.in_flight.set_function(lambda: in_flight)

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal in_flight
        route = route_label(request)
        method = request.method if request.method in METHODS else "other"
        status = ""
        started = time.perf_counter()
        in_flight += 1
        try:
            response = await handler(request)
            status = str(response.status)
        except BaseException:
            status = str(unanswered(request))
            raise
        else:
            return response
        finally:
            in_flight -= 1
            metrics.requests.labels(route, method, status).inc()
            trace = request.get(TRACE)
            metrics.request_duration.labels(route, method).observe(
                time.perf_counter() - started, exemplar=trace.exemplar if trace is not None else None
            )

    return link


def unanswered(request: web.Request) -> int:
    """The status of a request that was not answered to the end: of what failed, or nginx's for a client that left."""
    status: int = request.get(BROKEN_OFF, 499)
    return status


def route_label(request: web.Request) -> str:
    """The route as it was declared, so that no client can make a new series."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "other"
