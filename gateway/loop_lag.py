"""How late the event loop is: whatever blocks it makes every request wait, and shows nowhere else."""

from __future__ import annotations

import asyncio
import time

from gateway.metrics import Metrics

INTERVAL = 0.5
"""Seconds between two looks: enough of them to see what lasts, too few to cost anything."""


class LoopLag:
    """Asks to be called at a moment, and notes how much later it was."""

    def __init__(self, metrics: Metrics, *, interval: float = INTERVAL) -> None:
        self._lag = metrics.event_loop_lag
        self._interval = interval
        self._due = 0.0
        self._next: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        self._plan()

    async def close(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def _plan(self) -> None:
        self._due = time.monotonic() + self._interval
        self._next = asyncio.get_running_loop().call_later(self._interval, self._look)

    def _look(self) -> None:
        self._lag.observe(max(0.0, time.monotonic() - self._due))
        self._plan()
