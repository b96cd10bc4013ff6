"""A collector that is dead, slow or refuses costs requests nothing, and every span is accounted for."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from support.collector import Collector, collecting
from support.object_stores import needed

needed("opentelemetry.sdk", "test")

from gateway.config import TracingConfig  # noqa: E402 - skipped without the extra
from gateway.metrics import Metrics  # noqa: E402 - likewise
from gateway.tracing.export import FLUSH_WITHIN, QUEUE  # noqa: E402 - likewise
from gateway.tracing.recorder import OtelRecorder  # noqa: E402 - likewise


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as running:
        yield running


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@asynccontextmanager
async def recording(endpoint: str, metrics: Metrics) -> AsyncIterator[OtelRecorder]:
    recorder = OtelRecorder(TracingConfig(endpoint=endpoint), metrics)
    await recorder.open()
    try:
        yield recorder
    finally:
        await recorder.close()


def record(recorder: OtelRecorder, count: int = 1) -> None:
    for _ in range(count):
        with recorder.request("work", None, {}):
            pass


def counted(metrics: Metrics, result: str) -> float:
    return metrics.registry.get_sample_value("gateway_trace_spans_total", {"result": result}) or 0


async def test_every_span_arrives_and_is_counted(collector: Collector, metrics: Metrics) -> None:
    async with recording(collector.endpoint, metrics) as recorder:
        record(recorder, 1000)
        await collector.named("work", 1000)

    assert (counted(metrics, "exported"), counted(metrics, "dropped")) == (1000, 0)


@pytest.mark.parametrize("ending", ["/", "/v1/traces"])
async def test_the_endpoint_may_be_given_whole(collector: Collector, metrics: Metrics, ending: str) -> None:
    async with recording(collector.endpoint + ending, metrics) as recorder:
        record(recorder)
        await collector.named("work")


async def test_the_last_spans_leave_when_the_gateway_stops(collector: Collector, metrics: Metrics) -> None:
    async with recording(collector.endpoint, metrics) as recorder:
        record(recorder, 3)

    assert len(collector.spans) == 3


@pytest.mark.alone
async def test_a_collector_that_hangs_holds_up_neither_work_nor_the_end(
    collector: Collector, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    collector.held = True
    async with recording(collector.endpoint, metrics) as recorder:
        started = time.monotonic()
        record(recorder, 2 * QUEUE)
        spent = time.monotonic() - started
        await asyncio.sleep(0)
        ending = time.monotonic()
    ended = time.monotonic()

    assert spent < 2
    assert ended - ending < FLUSH_WITHIN + 1
    waiting = 2 * QUEUE - counted(metrics, "dropped") - counted(metrics, "exported") - counted(metrics, "failed")
    assert counted(metrics, "dropped") > 0
    assert 0 <= waiting <= QUEUE + 512
    assert "the last spans were not exported in time" in caplog.messages


async def test_a_dead_collector_is_told_of_once_and_served_again(
    collector: Collector, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    collector.status = 400
    with caplog.at_level(logging.INFO):
        async with recording(collector.endpoint, metrics) as recorder:
            for turn in range(1, 3):
                record(recorder)
                await collector.until(lambda: counted(metrics, "failed") == turn)  # noqa: B023 - awaited in its turn
            collector.status = 200
            record(recorder)
            await collector.until(lambda: counted(metrics, "exported") == 1)

    assert [line for line in caplog.messages if "collector" in line] == [
        "the trace collector takes no spans",
        "the trace collector takes spans again",
    ]


async def test_spans_wait_for_a_collector_that_is_away_for_a_moment(
    collector: Collector, metrics: Metrics, every: float
) -> None:
    await collector.stop()
    async with recording(collector.endpoint, metrics) as recorder:
        record(recorder, 5)
        await asyncio.sleep(every + 0.2)  # the first export has failed then
        await collector.start()
        await collector.named("work", 5)

    assert counted(metrics, "exported") == 5
