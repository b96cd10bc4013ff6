"""Worker threads for pixels, under one memory budget however many pictures come at once."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

BYTES_PER_PIXEL = 4
DECODE_BUDGET = 256 * 1024 * 1024
"""Bytes of decoded pixels held at a time by the whole process."""


class Budget:
    """A number of units that is shared; whoever asks first is served first, so large requests do not starve."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def take(self, amount: int) -> AsyncIterator[None]:
        """Hold `amount` units. More than there are in all counts as all, so that one may always run alone."""
        amount = min(amount, self._total)
        await self._acquire(amount)
        try:
            yield
        finally:
            self._free += amount
            self._wake()

    async def _acquire(self, amount: int) -> None:
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


class Workers:
    """Runs decoding, drawing and encoding off the event loop. Pillow releases the GIL while it works."""

    def __init__(self, *, threads: int | None = None, budget: int = DECODE_BUDGET) -> None:
        self._budget = Budget(budget)
        self._threads = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="imaging")

    async def run(self, work: Callable[[], T], *, pixels: int) -> T:
        """The result of `work`, which holds about `pixels` decoded pixels while it runs.

        When the caller is cancelled the thread still ends its picture, and the budget is kept until it has.
        """
        async with self._budget.take(pixels * BYTES_PER_PIXEL):
            running = asyncio.get_running_loop().run_in_executor(self._threads, work)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                await asyncio.wait([running])
                raise

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
