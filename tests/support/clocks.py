"""Clocks for tests, in which nobody waits."""

from __future__ import annotations

import asyncio
import random
import time

START = 1_763_989_628.0
"""2025-11-24 13:07:08 UTC."""


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


class ManualClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self._time = START
        self._monotonic = 100.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        return self._time

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, woken))
        await woken

    def advance(self, seconds: float) -> None:
        self._time += seconds
        self._monotonic += seconds
        for due, woken in self._sleepers:
            if due <= self._monotonic and not woken.done():
                woken.set_result(None)

    def jump(self, seconds: float) -> None:
        """The wall clock alone."""
        self._time += seconds


class StillDice(random.Random):
    """Draws the lowest: no jitter, and the first of equals."""

    def uniform(self, a: float, b: float) -> float:
        return min(a, b)

    def random(self) -> float:
        return 0.0


class ShiftedClock:
    """The time of the day, and so many seconds more: for live tests in which hours pass at once."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
