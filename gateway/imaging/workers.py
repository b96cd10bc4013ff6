"""Worker threads for pixels, under one memory budget however many pictures come at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.budget import Budget
from gateway.imaging.errors import PictureError

T = TypeVar("T")

DECODE_BUDGET = 256 * 2**20
"""Bytes that decoded pixels, and those who make them, hold at a time in the whole process."""
ALONE = 3
"""Times the budget that one picture may take while nothing else is worked on: decoders of some formats hold three times
the pixels that they give out, and the encoder of a transparent WebP ten times those that it is given. It is enough
for 4096 x 4096 of them, a common picture enlarged four times. What needs more is refused.
"""


class Workers:
    """Runs decoding, drawing and encoding off the event loop. Pillow releases the GIL while it works."""

    def __init__(self, *, threads: int | None = None, budget: int = DECODE_BUDGET) -> None:
        self._budget = Budget(budget)
        self._most = budget * ALONE
        self._threads = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="imaging")

    async def run(self, work: Callable[[], T], *, size: int) -> T:
        """The result of `work`, which holds at most `size` bytes while it runs; `gateway.imaging.costs` tells.

        When the caller is cancelled the thread still ends its picture, and the budget is kept until it has.

        Raises:
            PictureError: that is more than one picture may take.
        """
        if size > self._most:
            raise PictureError(
                f"To work on this picture takes {size >> 20} MiB of memory; one may take at most {self._most >> 20}"
            )
        async with self._budget.take(size):
            running = asyncio.get_running_loop().run_in_executor(self._threads, work)
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                await asyncio.wait([running])
                raise

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
