"""How late the event loop is, measured."""

from __future__ import annotations

import asyncio
import time

from gateway.loop_lag import LoopLag
from gateway.metrics import Metrics


def looks(metrics: Metrics) -> float:
    return metrics.registry.get_sample_value("gateway_event_loop_lag_seconds_count") or 0


async def test_what_blocks_the_loop_shows() -> None:
    metrics = Metrics()
    lag = LoopLag(metrics, interval=0.01)
    await lag.open()

    time.sleep(0.15)  # noqa: ASYNC251 - the very fault that is to be seen
    await asyncio.sleep(0)
    while not looks(metrics):  # noqa: ASYNC110 - a metric tells nobody that it changed
        await asyncio.sleep(0)
    await lag.close()

    assert (metrics.registry.get_sample_value("gateway_event_loop_lag_seconds_sum") or 0) >= 0.1


async def test_it_goes_on_looking_until_it_is_closed() -> None:
    metrics = Metrics()
    lag = LoopLag(metrics, interval=0.001)
    await lag.open()
    async with asyncio.timeout(5):
        while looks(metrics) < 3:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.001)

    await lag.close()
    seen = looks(metrics)
    await asyncio.sleep(0.01)

    assert looks(metrics) == seen


async def test_what_was_never_opened_can_be_closed() -> None:
    await LoopLag(Metrics()).close()
