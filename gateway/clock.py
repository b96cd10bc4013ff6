"""Time and randomness, handed to whoever needs them, so that no test sleeps or guesses."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import Protocol

RandomBytes = Callable[[int], bytes]
"""Gives that many bytes that nobody can guess."""

system_random: RandomBytes = os.urandom


class Clock(Protocol):
    def time(self) -> float:
        """Seconds since 1970, UTC; may jump."""

    def monotonic(self) -> float:
        """Seconds that only ever grow."""

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""


class SystemClock:
    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
