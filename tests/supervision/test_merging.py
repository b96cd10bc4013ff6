"""The metrics of several processes as one: added, and never less than they were."""

from __future__ import annotations

import json

from prometheus_client import CollectorRegistry, Gauge, Metric
from prometheus_client import generate_latest as plain
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from gateway.metrics import Metrics
from gateway.supervision.merging import Ledger, Merged, Snapshot, snapshot


def said(requests: int = 0, *, upstream: str = "local", breaker: int = 0, current: int = 1) -> Snapshot:
    metrics = Metrics()
    metrics.requests.labels("/v1/models", "GET", "200").inc(requests)
    metrics.request_duration.labels("/v1/models", "GET").observe(requests)
    metrics.in_flight.set(requests)
    metrics.upstream_breaker_open.labels(upstream).set(breaker)
    metrics.config_current.set(current)
    metrics.hosted_bytes.set(1000 + requests)
    found: Snapshot = json.loads(json.dumps(snapshot(metrics)))  # as it comes over the channel
    return found


class Reading:
    def __init__(self, ledger: Ledger) -> None:
        self.values = {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in Merged(ledger.total()).collect()
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float | None:
        return self.values.get((name, tuple(sorted(labels.items()))))


ROUTE = {"route": "/v1/models", "method": "GET"}


def test_counters_and_histograms_add_up_and_each_gauge_has_its_way() -> None:
    ledger = Ledger()
    ledger.note(1, said(3, breaker=1))
    ledger.note(2, said(4, current=0))
    value = Reading(ledger)

    assert value("gateway_http_requests_total", **ROUTE, status="200") == 7
    assert value("gateway_http_request_duration_seconds_count", **ROUTE) == 2
    assert value("gateway_http_request_duration_seconds_bucket", **ROUTE, le="5.0") == 2
    assert value("gateway_http_request_duration_seconds_bucket", **ROUTE, le="2.5") == 0
    assert value("gateway_http_requests_in_flight") == 7
    assert value("gateway_upstream_breaker_open", upstream="local") == 1
    assert value("gateway_config_last_reload_successful") == 0
    assert value("gateway_hosted_bytes") == 1004
    assert value("gateway_build_info", version="0.1.0") == 1
    assert value("gateway_workers") == 2


def test_one_that_is_gone_has_counted_and_is_no_more() -> None:
    ledger = Ledger()
    ledger.note(1, said(3, upstream="gone"))
    ledger.note(2, said(4))
    ledger.gone(1)
    ledger.gone(1)
    ledger.note(3, said(1))
    value = Reading(ledger)

    assert value("gateway_http_requests_total", **ROUTE, status="200") == 8
    assert value("gateway_http_requests_in_flight") == 5
    assert value("gateway_upstream_breaker_open", upstream="gone") is None
    assert value("gateway_workers") == 2


def test_it_is_written_as_a_registry_is() -> None:
    ledger = Ledger()
    ledger.note(1, said(3))
    total = ledger.total()
    own = CollectorRegistry()
    own.register(Merged(total))

    assert b'gateway_http_requests_total{method="GET",route="/v1/models",status="200"} 3.0' in plain(own)
    assert generate_openmetrics(own).endswith(b"# EOF\n")  # type: ignore[no-untyped-call]  # it has no annotations


def test_every_gauge_of_ours_says_how_several_are_one() -> None:
    """The default is the sum, which is wrong for most that are 0 or 1: whoever adds a gauge looks at this list."""
    metrics = Metrics()
    gauges = {family.name for family in metrics.registry.collect() if is_ours(family)}

    assert {name for name in gauges if metrics.across(name) == "sum"} == {
        "gateway_http_requests_in_flight",
        "gateway_process_resident_memory_bytes",
        "gateway_process_virtual_memory_bytes",
        "gateway_upstream_in_flight",
        "gateway_upstream_queued",
        "gateway_workers",
    }


def is_ours(family: Metric) -> bool:
    return family.type == Gauge._type
