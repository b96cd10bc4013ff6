"""Gives every request a place in a trace: the one that its client names, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from gateway.clock import RandomBytes
from gateway.middleware.links import Handler, Link
from gateway.middleware.metrics import METHODS, route_label
from gateway.request_keys import CACHE_STATE, CALLER, IMAGE_REQUEST, REQUEST_ID, TRACE
from gateway.trace import HEADER, STATE_HEADER, Trace, current_trace, parse

if TYPE_CHECKING:
    from gateway.spans import Span, Value
    from gateway.tracing.recorder import OtelRecorder

_TRACE_BYTES = 16
_SPAN_BYTES = 8
UNRECORDED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Machines ask for these all day long."""
_NO_ROUTE = "other"


def trace(random_bytes: RandomBytes, recorder: OtelRecorder | None = None) -> Link:
    """With a `recorder`, a span is recorded for every request whose trace is."""
    forwarded = _forwarded(random_bytes)
    return forwarded if recorder is None else _recorded(recorder, forwarded)


def _forwarded(random_bytes: RandomBytes) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        came = _came(request)
        drawn = random_bytes(_TRACE_BYTES + _SPAN_BYTES).hex()
        trace_id, span_id = drawn[: 2 * _TRACE_BYTES], drawn[2 * _TRACE_BYTES :]
        request[TRACE] = own = came.continued(span_id) if came is not None else Trace(trace_id, span_id)
        token = current_trace.set(own)
        try:
            return await handler(request)
        finally:
            current_trace.reset(token)

    return link


def _recorded(recorder: OtelRecorder, unrecorded: Link) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        route = route_label(request)
        came = _came(request)
        if route in UNRECORDED or not recorder.wants(came):
            return await unrecorded(request, handler)
        method = request.method if request.method in METHODS else "_OTHER"
        name = method.replace("_OTHER", "HTTP") + ("" if route == _NO_ROUTE else f" {route}")
        with recorder.request(name, came, _question(request, method, route)) as span:
            request[TRACE] = span.trace
            try:
                response = await handler(request)
            finally:
                _tell_of_work(request, span)
            _tell_of_answer(response.status, span)
            return response

    return link


def _came(request: web.Request) -> Trace | None:
    if HEADER not in request.headers:
        return None
    return parse(request.headers.getall(HEADER), request.headers.getall(STATE_HEADER, []))


def _question(request: web.Request, method: str, route: str) -> dict[str, Value]:
    told: dict[str, Value] = {
        "http.request.method": method,
        "url.scheme": request.scheme,
        "network.protocol.version": f"{request.version.major}.{request.version.minor}",
    }
    if route != _NO_ROUTE:
        # The path of a hosted picture is all that one needs to see it, so its route stands for it.
        told["http.route"] = told["url.path"] = route
    if REQUEST_ID in request:
        told["gateway.request_id"] = request[REQUEST_ID]
    return told


def _tell_of_work(request: web.Request, span: Span) -> None:
    order = request.get(IMAGE_REQUEST)
    if order is not None:
        span.tell("gateway.operation", order.operation)
        span.tell("gateway.model", order.model)
    if CACHE_STATE in request:
        span.tell("gateway.cache", request[CACHE_STATE].lower())
    if CALLER in request:
        span.tell("gateway.caller", request[CALLER])


def _tell_of_answer(status: int, span: Span) -> None:
    span.tell("http.response.status_code", status)
    if status >= web.HTTPInternalServerError.status_code:
        span.fail(str(status))


def write_trace(request: web.Request, response: web.StreamResponse) -> None:
    """So that who called can look up what happened here."""
    if (trace := request.get(TRACE)) is not None:
        response.headers[HEADER] = trace.parent
