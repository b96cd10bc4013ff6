"""Gives every request a place in a trace: the one that its client names, or a new one."""

from __future__ import annotations

from aiohttp import web

from gateway.clock import RandomBytes
from gateway.middleware.links import Handler, Link
from gateway.request_keys import TRACE
from gateway.trace import HEADER, STATE_HEADER, Trace, current_trace, parse

_TRACE_BYTES = 16
_SPAN_BYTES = 8


def trace(random_bytes: RandomBytes) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        came = parse(request.headers.getall(HEADER, []), request.headers.getall(STATE_HEADER, []))
        drawn = random_bytes(_TRACE_BYTES + _SPAN_BYTES).hex()
        trace_id, span_id = drawn[: 2 * _TRACE_BYTES], drawn[2 * _TRACE_BYTES :]
        request[TRACE] = own = came.continued(span_id) if came is not None else Trace(trace_id, span_id)
        token = current_trace.set(own)
        try:
            return await handler(request)
        finally:
            current_trace.reset(token)

    return link


def write_trace(request: web.Request, response: web.StreamResponse) -> None:
    """So that who called can look up what happened here."""
    if (trace := request.get(TRACE)) is not None:
        response.headers[HEADER] = trace.parent
