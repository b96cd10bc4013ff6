"""Clocks for tests, in which nobody waits."""

from __future__ import annotations

import asyncio


class LeapingClock:
    """Sleeping ends at once, and so much time has passed. Keeps every sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
