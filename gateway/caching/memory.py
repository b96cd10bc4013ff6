"""Answers kept in memory: each for its own time, all together under one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cachetools import TLRUCache

from gateway.answers import Answer
from gateway.clock import Clock


class Found(NamedTuple):
    answer: Answer
    age: int
    """Whole seconds."""


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    stored: float
    ends: float


class AnswerCache:
    def __init__(self, max_size: int, clock: Clock) -> None:
        """`max_size` in bytes."""
        self._clock = clock
        self._kept: TLRUCache[str, _Kept] = TLRUCache(
            maxsize=max_size,
            ttu=lambda _key, kept, _now: kept.ends,
            timer=clock.monotonic,
            getsizeof=lambda kept: kept.answer.size,
        )

    def get(self, key: str) -> Found | None:
        kept = self._kept.get(key)
        return Found(kept.answer, int(self._clock.monotonic() - kept.stored)) if kept else None

    def put(self, key: str, answer: Answer, ttl: float) -> None:
        """Keep `answer` for `ttl` seconds; one that is larger than the whole cache is not kept."""
        if ttl <= 0 or answer.size > self._kept.maxsize:
            return
        now = self._clock.monotonic()
        self._kept[key] = _Kept(answer, now, now + ttl)
