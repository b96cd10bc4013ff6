"""Requests that come at a steady pace, whether those before them were answered or not, and what became of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from aiohttp import ClientError


class Answered(NamedTuple):
    kind: str
    began: float
    """Of the monotonic clock."""
    seconds: float
    status: int
    """0 where there was no answer."""

    @property
    def ended(self) -> float:
        return self.began + self.seconds


async def pace(rate: float, count: int, *kinds: tuple[str, Callable[[int], Awaitable[int]]]) -> list[Answered]:
    """Ask `count` times, `rate` times a second, the kinds in their turn; each takes a number and gives a status."""
    start = time.monotonic()
    asked: list[asyncio.Task[Answered]] = []
    for number in range(count):
        await asyncio.sleep(start + number / rate - time.monotonic())
        kind, ask = kinds[number % len(kinds)]
        asked.append(asyncio.create_task(_answered(kind, ask(number))))
    return await asyncio.gather(*asked)


def percentile(answers: Sequence[Answered], share: float) -> float:
    """Seconds within which that share of `answers` came."""
    return sorted(answer.seconds for answer in answers)[int(len(answers) * share)]


def success(answers: Sequence[Answered]) -> float:
    return sum(answer.status == 200 for answer in answers) / len(answers)


async def _answered(kind: str, asking: Awaitable[int]) -> Answered:
    began = time.monotonic()
    try:
        status = await asking
    except (ClientError, TimeoutError):
        status = 0
    return Answered(kind, began, time.monotonic() - began, status)
