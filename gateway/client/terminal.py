"""What a person in front of a terminal sees: one line that tells of the wait, and no control characters."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TextIO

TICK = 0.1
"""Seconds between two pictures of the line."""
_BAR = 24
_CLEAR = "\r\x1b[2K"


def printable(text: str) -> str:
    """`text` without what would steer a terminal: a gateway's words are not ours."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def is_watched(stream: TextIO) -> bool:
    """Whether somebody looks at a terminal that can rewrite a line."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


class Wait:
    """What is done, how far it is, and since when."""

    def __init__(self, words: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._words = words
        self._said = words
        self._done: float | None = None
        self._clock = clock
        self._started = clock()

    @property
    def seconds(self) -> float:
        return self._clock() - self._started

    def progress(self, done: float | None) -> None:
        """From 0 to 1; None is a sign of life."""
        self._said = self._words
        if done is not None and math.isfinite(done):
            self._done = min(1.0, max(0.0, done))

    def say(self, words: str) -> None:
        """Instead of what is done, until it goes on."""
        self._said, self._done = words, None

    def line(self, columns: int) -> str:
        parts = [self._said]
        if self._done is not None:
            full = round(self._done * _BAR)
            parts.append(f"[{'#' * full}{'.' * (_BAR - full)}] {self._done:4.0%}")
        parts.append(f"{self.seconds:.1f} s")
        return "  ".join(parts)[: columns - 1]  # the last column would wrap


@asynccontextmanager
async def shown(wait: Wait, stream: TextIO) -> AsyncIterator[None]:
    """Rewrite the line in place while the block runs, and take it away after; nothing where nobody watches."""
    if not is_watched(stream):
        yield
        return
    drawing = asyncio.create_task(_draw(wait, stream))
    try:
        yield
    finally:
        drawing.cancel()
        with suppress(asyncio.CancelledError):
            await drawing
        stream.write(_CLEAR)
        stream.flush()


async def _draw(wait: Wait, stream: TextIO) -> None:
    while True:
        stream.write(_CLEAR + wait.line(shutil.get_terminal_size().columns))
        stream.flush()
        await asyncio.sleep(TICK)
