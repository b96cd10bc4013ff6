"""A clock that a test moves by hand."""

from __future__ import annotations

import asyncio


class StillClock:
    """Stands still until the test moves it by `pass_by`; whoever sleeps is never woken."""

    def __init__(self, now: float = 1764000428.0) -> None:
        """The default is 2025-11-24, 16:07:08 UTC."""
        self._now = now

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()

    def pass_by(self, seconds: float) -> None:
        self._now += seconds
