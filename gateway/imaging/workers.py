"""Worker threads for pixels, under one memory budget however many pictures come at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.budget import Budget

T = TypeVar("T")

BYTES_PER_PIXEL = 4
DECODE_BUDGET = 256 * 1024 * 1024
"""Bytes of decoded pixels held at a time by the whole process."""


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
