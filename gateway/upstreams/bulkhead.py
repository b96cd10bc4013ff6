"""Bounds the calls to one backend, and lets those that wait take turns by token."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class QueueFull(Exception):
    """As many calls are waiting as may wait."""


class Bulkhead:
    """At most `concurrency` calls at a time and `queue` waiting. One token's flood does not delay another's call:
    the tokens that wait are served in turn, each in its own order.
    """

    def __init__(self, concurrency: int, queue: int) -> None:
        self._free = concurrency
        self._queue = queue
        self.queued = 0
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def place(self, token: str) -> AsyncIterator[None]:
        """Hold one of the places.

        Raises:
            QueueFull: at once, when there is neither a place nor room to wait.
        """
        await self._take(token)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, token: str) -> None:
        if self._free:
            self._free -= 1
            return
        if self.queued >= self._queue:
            raise QueueFull
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(token, deque()).append(turn)
        self.queued += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()  # the place was handed over in the same step
            else:
                self._forget(token, turn)
            raise

    def _give_back(self) -> None:
        if not self._waiting:
            self._free += 1
            return
        token, turns = self._waiting.popitem(last=False)
        turn = turns.popleft()
        self.queued -= 1
        if turns:
            self._waiting[token] = turns  # behind the others: its next turn comes after theirs
        turn.set_result(None)

    def _forget(self, token: str, turn: asyncio.Future[None]) -> None:
        turns = self._waiting[token]
        turns.remove(turn)
        self.queued -= 1
        if not turns:
            del self._waiting[token]
