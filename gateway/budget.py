"""A number of units that everybody shares, such as bytes of memory: whoever asks first is served first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Budget:
    """Large amounts do not starve: nobody who came later is served before them."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def take(self, amount: int, *, patience: float | None = None) -> AsyncIterator[None]:
        """Hold `amount` units. More than there are in all counts as all, so that one may always run alone.

        Raises:
            TimeoutError: `patience` seconds have passed, and it was still the turn of others.
        """
        async with asyncio.timeout(patience):
            amount = await self.acquire(amount)
        try:
            yield
        finally:
            self.release(amount)

    async def acquire(self, amount: int) -> int:
        """How much of `amount` counts, once it is held; whoever holds it has to `release` as much."""
        amount = min(amount, self._total)
        await self._wait(amount)
        return amount

    def release(self, amount: int) -> None:
        self._free += amount
        self._wake()

    async def _wait(self, amount: int) -> None:
        if not self._waiting and amount <= self._free:
            self._free -= amount
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((amount, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._free += amount  # the units had been handed over in the same step
            self._wake()
            raise

    def _wake(self) -> None:
        while self._waiting:
            amount, turn = self._waiting[0]
            if turn.cancelled():
                self._waiting.popleft()
                continue
            if amount > self._free:
                return
            self._waiting.popleft()
            self._free -= amount
            turn.set_result(None)
