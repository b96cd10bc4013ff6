"""Every metric of the gateway, with its labels and help, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

from gateway import __version__

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)
"""Seconds: a cache hit takes milliseconds, a picture from a busy backend minutes."""
LAG_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
"""Seconds: a timer is a millisecond late on a quiet machine; a twentieth of a second is felt."""

Across: TypeAlias = Literal["sum", "max", "min"]
"""What a gauge of several processes together is."""
_OF_PROCESSES: Mapping[str, Across] = MappingProxyType(
    {
        "gateway_process_max_fds": "max",
        "gateway_process_open_fds": "max",  # of whoever is nearest to its limit
        "gateway_process_start_time_seconds": "min",
    }
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # a _created series beside every counter doubles the scrape and tells nothing here


class _FoundAgain:
    """A metric that finds the series of labels again by one look-up, where the library builds and locks each time."""

    _found: dict[tuple[Any, ...], Any] | None = None

    def labels(self, *values: Any, **named: Any) -> Any:
        if named:
            return super().labels(**named)  # type: ignore[misc]  # mixed into a metric
        if self._found is None:
            self._found = {}
        series = self._found.get(values)
        if series is None:
            series = self._found[values] = super().labels(*values)  # type: ignore[misc]
        return series

    def remove(self, *values: Any) -> None:
        if self._found is not None:
            self._found.pop(values, None)
        super().remove(*values)  # type: ignore[misc]


class _Counter(_FoundAgain, Counter):
    """Counts up."""


class _Histogram(_FoundAgain, Histogram):
    """Counts by size."""


class Metrics:
    """Base units, and labels from bounded sets only: never a prompt, a token or a raw path."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._across: dict[str, Across] = dict(_OF_PROCESSES)
        self.requests = self._counter(
            "gateway_http_requests", "Requests answered, refusals included.", "route", "method", "status"
        )
        self.request_duration = self._histogram(
            "gateway_http_request_duration_seconds",
            "Time from the request's head to the end of its answer.",
            "route",
            "method",
        )
        self.in_flight = self._gauge("gateway_http_requests_in_flight", "Requests being answered.")
        self.images = self._counter("gateway_images", "Pictures made, by whom.", "operation", "model", "upstream")
        self.upstream_requests = self._counter(
            "gateway_upstream_requests",
            "Calls to upstreams by what became of them.",
            "upstream",
            "operation",
            "outcome",
        )
        self.upstream_duration = self._histogram(
            "gateway_upstream_request_duration_seconds",
            "Time of one call to an upstream.",
            "upstream",
            "operation",
        )
        self.upstream_in_flight = self._gauge("gateway_upstream_in_flight", "Calls under way.", "upstream")
        self.upstream_queued = self._gauge("gateway_upstream_queued", "Calls that wait for a place.", "upstream")
        self.upstream_retries = self._counter(
            "gateway_upstream_retries", "Calls made again to the same upstream.", "upstream"
        )
        self.upstream_breaker_open = self._gauge(
            "gateway_upstream_breaker_open", "1 while the upstream is not asked.", "upstream", across="max"
        )
        self.cache_requests = self._counter(
            "gateway_cache_requests",
            "Image requests by what the cache did: hit, miss, coalesced, bypass.",
            "result",
        )
        self.rejected = self._counter(
            "gateway_rejected_requests",
            "Requests that were refused, by the stable label of the reason.",
            "reason",
        )
        self.config_reloads = self._counter(
            "gateway_config_reloads", "Changed configurations by what became of them: applied, refused.", "result"
        )
        self.config_current = self._gauge(
            "gateway_config_last_reload_successful",
            "0 while a changed configuration has a fault, and the one before it is kept.",
            across="min",
        )
        self.config_current.set(1)
        self.shared_state_up = self._gauge(
            "gateway_shared_state_up",
            "1 while replicas share by it, 0 while each goes by itself.",
            "backend",
            across="min",
        )
        self.shared_state_failures = self._counter(
            "gateway_shared_state_failures", "Questions that it failed, or did not answer in time.", "backend"
        )
        self.store_up = self._gauge(
            "gateway_store_up", "1 while the image store works, 0 while pictures are refused.", across="min"
        )
        self.store_duration = self._histogram(
            "gateway_store_request_duration_seconds",
            "Time of what the image store did: put, get. What is in memory is not asked for.",
            "verb",
        )
        self.store_failures = self._counter(
            "gateway_store_failures", "What the image store failed, by reason: full, unavailable.", "verb", "reason"
        )
        self.hosted_bytes = self._gauge("gateway_hosted_bytes", "Bytes of hosted pictures.", across="max")
        self.hosted_images = self._gauge("gateway_hosted_images", "Hosted pictures.", across="max")
        self.hosted_max_bytes = self._gauge(
            "gateway_hosted_max_bytes", "Bytes that hosted pictures may take before the oldest go.", across="max"
        )
        self.workers = self._gauge("gateway_workers", "Processes that answer at this address.")
        self.workers.set(1)
        self.worker_restarts = self._counter(
            "gateway_worker_restarts", "Processes that have ended by themselves and were started again."
        )
        self.trace_spans = self._counter(
            "gateway_trace_spans",
            "Recorded spans by what became of them: exported, failed (the collector did not take them), dropped.",
            "result",
        )
        self.event_loop_lag = self._histogram(
            "gateway_event_loop_lag_seconds",
            "Time by which the event loop was late, looked at twice a second.",
            buckets=LAG_BUCKETS,
        )
        ProcessCollector(namespace="gateway", registry=self.registry)  # memory, processor time, open files
        build = self._gauge("gateway_build_info", "Always 1; the label tells the version.", "version", across="max")
        build.labels(__version__).set(1)

    def forget_upstream(self, name: str) -> None:
        """Take away what tells of its present state. What it has done stays counted: history does not change."""
        for gauge in (self.upstream_in_flight, self.upstream_queued, self.upstream_breaker_open):
            gauge.remove(name)

    def _counter(self, name: str, help_: str, *labels: str) -> Counter:
        return _Counter(name, help_, labels, registry=self.registry)

    def across(self, name: str) -> Across:
        """How the values of several processes are one. Whatever is no gauge counts, so it adds up."""
        return self._across.get(name, "sum")

    def _gauge(self, name: str, help_: str, *labels: str, across: Across = "sum") -> Gauge:
        self._across[name] = across
        return Gauge(name, help_, labels, registry=self.registry)

    def _histogram(self, name: str, help_: str, *labels: str, buckets: Sequence[float] = BUCKETS) -> Histogram:
        return _Histogram(name, help_, labels, registry=self.registry, buckets=buckets)
