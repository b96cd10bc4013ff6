"""Spans in OpenTelemetry's words: one for a request, below it one for each call to an upstream and each picture kept.

Attributes follow OpenTelemetry's stable conventions for HTTP servers, and `gateway.*` for what is the gateway's own.
None holds what a client sent as text: no prompt, no token, no query, and of a path only its route.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import Self

from opentelemetry import trace as otel
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, Tracer, TraceState

from gateway import __version__
from gateway.config import TracingConfig
from gateway.metrics import Metrics
from gateway.spans import Value
from gateway.trace import Trace, current_trace
from gateway.tracing.export import Export

LONGEST_VALUE = 256
"""Characters of an attribute that are kept, as in the log."""


class OtelRecorder:
    """A `gateway.spans.Recorder`. Records between `open` and `close`."""

    def __init__(self, config: TracingConfig, metrics: Metrics) -> None:
        """Does no I/O and starts no thread."""
        self._config = config
        self._metrics = metrics
        self._tracer: Tracer = otel.NoOpTracer()
        self._export: Export | None = None

    async def open(self) -> None:
        self._export = Export(self._config, self._metrics)
        provider = TracerProvider(
            sampler=ALWAYS_ON,  # what is not recorded does not come this far
            resource=_resource(),
            shutdown_on_exit=False,  # `close` does, within its time
            span_limits=SpanLimits(max_attribute_length=LONGEST_VALUE),
        )
        provider.add_span_processor(self._export)
        self._tracer = provider.get_tracer("gateway", __version__)

    async def close(self) -> None:
        """Export what is left, as far as that takes no longer than a moment."""
        if self._export is not None:
            await self._export.flush()

    def wants(self, came: Trace | None) -> bool:
        """Whether a request is recorded: where its client records the trace, and of the others a share."""
        return came.sampled if came is not None else random.random() < self._config.sample  # noqa: S311 - a lot, no secret

    def request(self, name: str, came: Trace | None, attributes: Mapping[str, Value]) -> OtelSpan:
        """The span of one request to this gateway, in the trace that the client named or in one of its own."""
        parent = _context(came, remote=True) if came is not None else otel.INVALID_SPAN
        state = came.state if came is not None else ""
        return self._begin(name, SpanKind.SERVER, parent, state, attributes)

    def child(self, trace: Trace, name: str, *, remote: bool, attributes: Mapping[str, Value]) -> OtelSpan:
        kind = SpanKind.CLIENT if remote else SpanKind.INTERNAL
        return self._begin(name, kind, _context(trace, remote=False), trace.state, attributes)

    def _begin(
        self, name: str, kind: SpanKind, parent: otel.Span, state: str, attributes: Mapping[str, Value]
    ) -> OtelSpan:
        within = otel.set_span_in_context(parent)
        return OtelSpan(self, self._tracer.start_span(name, within, kind, attributes), state)


class OtelSpan:
    """A `gateway.spans.Span`."""

    def __init__(self, recorder: OtelRecorder, span: otel.Span, state: str) -> None:
        context = span.get_span_context()
        trace_id, span_id = otel.format_trace_id(context.trace_id), otel.format_span_id(context.span_id)
        self.trace = Trace(trace_id, span_id, sampled=True, state=state, recorder=recorder)
        self._span = span
        self._token: Token[Trace | None] | None = None
        self._failed = False

    def tell(self, name: str, value: Value) -> None:
        self._span.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        self._failed = True
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)

    def __enter__(self) -> Self:
        self._token = current_trace.set(self.trace)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            current_trace.reset(self._token)
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            self._span.set_attribute("error.type", "cancelled")  # nobody waited any more: no fault of this work
        elif kind is not None and not self._failed:
            self.fail(kind.__name__)  # its words may hold what a client sent
        self._span.end()


def _context(trace: Trace, *, remote: bool) -> otel.Span:
    return NonRecordingSpan(
        SpanContext(
            int(trace.trace_id, 16),
            int(trace.span_id, 16),
            is_remote=remote,
            trace_flags=TraceFlags(TraceFlags.SAMPLED if trace.sampled else TraceFlags.DEFAULT),
            trace_state=TraceState.from_header([trace.state]) if trace.state else None,
        )
    )


def _resource() -> Resource:
    """Who records. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say it better where they are set."""
    own = {
        "service.name": "nano-banana-gateway",
        "service.version": __version__,
        "service.instance.id": secrets.token_hex(8),  # of this process, since several may share a machine
    }
    return Resource(own).merge(OTELResourceDetector().detect())
