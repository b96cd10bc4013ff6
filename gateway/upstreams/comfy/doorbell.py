"""A clock whose sleepers can be woken: waiting for a job ends when it is said to have ended, not at the next look."""

from __future__ import annotations

import asyncio

from gateway.clock import Clock


class Doorbell:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """End the sleep that is under way, or the next one at once."""
        self._rung.set()

    def time(self) -> float:
        return self._clock.time()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        ringing = asyncio.ensure_future(self._rung.wait())
        try:
            await asyncio.wait({sleeping, ringing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            ringing.cancel()
        self._rung.clear()
