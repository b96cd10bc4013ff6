"""Tells a peer that has fallen silent from one that is only busy, for all who wait for it at once.

A time-out of its own for every question would take a burst of questions for an outage: the last of them waits for all
the others. So questions are given up together, once nothing has been heard for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

LATE = 0.1
"""Seconds by which a look that comes late says more about this process than about the peer."""


class Silence:
    def __init__(self, most: float, longest: float) -> None:
        """`most`: seconds without any answer. `longest`: seconds for one question, whatever else is answered."""
        self._most = most
        self._longest = longest
        self._heard = float("-inf")
        self._waiting: dict[asyncio.Timeout, float] = {}
        """Since when each question waits, the oldest first."""
        self._look: asyncio.TimerHandle | None = None

    async def broken(self, question: Awaitable[T]) -> T:
        """The answer to `question`.

        Raises:
            TimeoutError: the peer is silent.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._longest) as scope:
            self._waiting[scope] = loop.time()
            self._look = self._look or loop.call_later(self._most, self._listen, loop.time() + self._most)
            try:
                answer = await question
            finally:
                del self._waiting[scope]
            self._heard = loop.time()
            return answer

    def give_up(self) -> None:
        """Nobody waits any longer for what was asked."""
        now = asyncio.get_running_loop().time()
        for scope in self._waiting:
            if not scope.expired():
                scope.reschedule(now)

    def _listen(self, due: float) -> None:
        self._look = None
        if not self._waiting:
            return
        now = asyncio.get_running_loop().time()
        end = max(self._heard, next(iter(self._waiting.values()))) + self._most
        if end <= now <= due + LATE:
            self.give_up()
            return
        # Late: answers may lie unread, and are read before the next look.
        end = max(end, now + (LATE if now > due + LATE else 0))
        self._look = asyncio.get_running_loop().call_at(end, self._listen, end)
