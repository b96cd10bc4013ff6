"""Answers kept in memory: each for its own time, all together under one size."""

from __future__ import annotations

from dataclasses import dataclass

from cachetools import TLRUCache

from gateway.answers import Answer
from gateway.clock import Clock


@dataclass(frozen=True, slots=True)
class Kept:
    answer: Answer
    stored: float
    """Monotonic seconds."""
    ends: float


class AnswerCache:
    def __init__(self, max_size: int, clock: Clock) -> None:
        self._clock = clock
        self._kept: TLRUCache[str, Kept] = TLRUCache(
            maxsize=max_size,
            ttu=lambda _key, kept, _now: kept.ends,
            timer=clock.monotonic,
            getsizeof=lambda kept: kept.answer.size,
        )

    def get(self, key: str) -> tuple[Answer, int] | None:
        """The answer and its age in whole seconds."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        return kept.answer, int(self._clock.monotonic() - kept.stored)

    def put(self, key: str, answer: Answer, ttl: float) -> None:
        """Keep `answer` for `ttl` seconds; one that is larger than the whole cache is not kept."""
        if ttl <= 0 or answer.size > self._kept.maxsize:
            return
        now = self._clock.monotonic()
        self._kept[key] = Kept(answer, now, now + ttl)

    def drop(self, key: str) -> None:
        self._kept.pop(key, None)
