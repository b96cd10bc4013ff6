"""From finished spans to a collector: in a thread of its own, out of a bounded queue, and counted.

A collector that is slow, dead or refuses costs requests nothing: spans wait in the queue, and once it is full the
newest are dropped.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from requests import Session

from gateway.config import TracingConfig
from gateway.logs import event
from gateway.metrics import Metrics

QUEUE = 2048
"""Spans that wait: some megabytes, and at a hundred requests a second ten seconds without a collector."""
BATCH = 512
"""Spans of one export."""
EVERY = 1.0
"""Seconds that a span waits for others to leave with it."""
EXPORT_WITHIN = 10.0
"""Seconds for one export, its repetitions included."""
FLUSH_WITHIN = 2.0
"""Seconds that the last spans have to leave in when the gateway stops."""
PATH = "/v1/traces"

_log = logging.getLogger("gateway.tracing")


class Export(BatchSpanProcessor):
    """Takes finished spans in the event loop, and lets them go in its thread, which starts with it."""

    def __init__(self, config: TracingConfig, metrics: Metrics) -> None:
        self._exporter = _Exporter(_otlp(config), metrics)
        super().__init__(
            self._exporter, max_queue_size=QUEUE, schedule_delay_millis=EVERY * 1000, max_export_batch_size=BATCH
        )
        self._dropped = metrics.trace_spans.labels("dropped")
        self._queued = 0
        """Ever; only the event loop's thread counts here, and only the other one counts what was taken."""

    def on_end(self, span: ReadableSpan) -> None:
        if self._queued - self._exporter.taken >= QUEUE:
            self._dropped.inc()
            return
        self._queued += 1
        super().on_end(span)

    async def flush(self) -> None:
        """Let the last spans go, within two seconds; what a dead collector leaves behind is given up."""
        done, loop = asyncio.Event(), asyncio.get_running_loop()

        def end() -> None:
            self.shutdown()  # type: ignore[no-untyped-call]  # theirs says nothing
            with suppress(RuntimeError):  # nobody waited so long: the loop is closed
                loop.call_soon_threadsafe(done.set)

        # A daemon, and not one of the loop's own threads: the end of the process waits for those.
        threading.Thread(target=end, daemon=True).start()
        try:
            async with asyncio.timeout(FLUSH_WITHIN):
                await done.wait()
        except TimeoutError:
            self._exporter.shutdown()
            event(_log, logging.WARNING, "the last spans were not exported in time")


class _Exporter(SpanExporter):
    """Counts what the collector takes, and says once when it stops or begins to."""

    def __init__(self, otlp: SpanExporter, metrics: Metrics) -> None:
        self.taken = 0
        """Spans that are no longer queued."""
        self._otlp = otlp
        self._exported = metrics.trace_spans.labels("exported")
        self._failed = metrics.trace_spans.labels("failed")
        self._fails = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.taken += len(spans)
        result = self._otlp.export(spans)
        fails = result is not SpanExportResult.SUCCESS
        (self._failed if fails else self._exported).inc(len(spans))
        if fails is not self._fails:
            self._fails = fails
            level, words = (logging.WARNING, "takes no spans") if fails else (logging.INFO, "takes spans again")
            event(_log, level, f"the trace collector {words}")
        return result

    def shutdown(self) -> None:
        self._otlp.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Nothing waits here."""
        return self._otlp.force_flush(timeout_millis)


def _otlp(config: TracingConfig) -> SpanExporter:
    # Tells of every failure, at length; a change is told here, and all are counted.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    session = Session()
    session.trust_env = False  # like every connection of the gateway: no proxy and no .netrc of the environment
    base = (config.endpoint or "").removesuffix("/").removesuffix(PATH)
    return OTLPSpanExporter(
        base + PATH,
        headers={name: value.get_secret_value() for name, value in config.headers.items()},
        timeout=EXPORT_WITHIN,
        compression=Compression.Gzip,
        session=session,
    )
