"""Tells a peer that has fallen silent from one that is only busy, for all who wait for it at once.

A time-out of its own for every question would take a burst of questions for an outage: the last of them waits for all
the others. So questions are given up together, once nothing has been heard for a while.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")

LATE = 0.1
"""Seconds by which a look that comes late says more about this process than about the peer."""


class Silence:
    def __init__(self, most: float, longest: float) -> None:
        """`most`: seconds without any answer. `longest`: seconds for one question, whatever else is answered."""
        self._most = most
        self._longest = longest
        self._heard = float("-inf")
        self._waiting: dict[asyncio.Future[Any], float] = {}
        """Since when each question waits, the oldest first."""
        self._look: asyncio.TimerHandle | None = None

    async def broken(self, question: Awaitable[T]) -> T:
        """The answer to `question`.

        Raises:
            TimeoutError: the peer is silent.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        # A task of its own: a client that swallows its cancellation (`asyncio.wait_for` did before Python 3.12) keeps
        # nobody waiting.
        asking = asyncio.ensure_future(question)
        asking.add_done_callback(lambda asked: self._answered(asked, answer))
        self._waiting[answer] = loop.time()
        if self._look is None:
            self._look_at(loop.time() + self._most)
        try:
            return await answer
        finally:
            self._waiting.pop(answer, None)
            asking.cancel()

    def give_up(self) -> None:
        """Nobody waits any longer for what was asked."""
        for answer in list(self._waiting):
            self._give_up(answer)

    def _give_up(self, answer: asyncio.Future[Any]) -> None:
        del self._waiting[answer]
        if not answer.done():
            answer.set_exception(TimeoutError("no answer"))

    def _answered(self, asked: asyncio.Future[T], answer: asyncio.Future[T]) -> None:
        error = asyncio.CancelledError() if asked.cancelled() else asked.exception()
        if answer.done():
            return
        if isinstance(error, asyncio.CancelledError):
            answer.cancel()
        elif error is not None:
            answer.set_exception(error)
        else:
            self._heard = asyncio.get_running_loop().time()
            answer.set_result(asked.result())

    def _look_at(self, moment: float) -> None:
        self._look = asyncio.get_running_loop().call_at(moment, self._listen, moment)

    def _listen(self, due: float) -> None:
        self._look = None
        if not self._waiting:
            return
        now = asyncio.get_running_loop().time()
        if now > due + LATE:  # answers may lie unread, and are read before the next look
            self._look_at(now + LATE)
            return
        oldest, since = next(iter(self._waiting.items()))
        if max(self._heard, since) + self._most <= now:
            self.give_up()
            return
        if since + self._longest <= now:
            self._give_up(oldest)
        self._look_at(min(max(self._heard, since) + self._most, max(now, since + self._longest)))
