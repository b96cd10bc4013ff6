"""Bounds the calls to one backend, and lets those that wait take turns by caller."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import TypeAlias

Turn: TypeAlias = "asyncio.Future[bool]"
"""True: the place is yours. False: you were turned away."""


class QueueFull(Exception):
    """As many calls are waiting as may wait."""


class Bulkhead:
    """At most `concurrency` calls at a time and `queue` waiting. One caller's flood delays no other's call:
    the callers that wait are served in turn, each in its own order, and a full queue sheds from the longest.
    """

    def __init__(self, concurrency: int, queue: int) -> None:
        self._free = concurrency
        self._queue = queue
        self.queued = 0
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()

    async def enter(self, caller: str) -> None:
        """Take one of the places, to be left by `leave`.

        Raises:
            QueueFull: there is neither a place nor room to wait, or the room went to a caller that waits for less.
        """
        if self._free:
            self._free -= 1
            return
        if self.queued >= self._queue:
            self._shed_for(caller)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(turn)
        self.queued += 1
        try:
            if not await turn:
                raise QueueFull
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(caller, turn)
            elif turn.result():
                self.leave()  # the place was handed over in the same step
            raise

    def leave(self) -> None:
        turn = self._next()
        if turn is None:
            self._free += 1
        else:
            turn.set_result(True)

    def _next(self) -> Turn | None:
        while self._waiting:
            caller, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            self.queued -= 1
            if turns:
                self._waiting[caller] = turns  # behind the others: its next turn comes after theirs
            if not turn.done():
                return turn  # others were cancelled in this very step, and have not run since
        return None

    def _shed_for(self, caller: str) -> None:
        """Turn away the newest call of the caller that has most waiting, unless that would be `caller` itself."""
        longest = max(self._waiting.values(), key=len, default=deque[Turn]())
        if len(longest) <= len(self._waiting.get(caller, ())) + 1:
            raise QueueFull
        turn = longest.pop()
        self.queued -= 1
        if not turn.done():
            turn.set_result(False)

    def _forget(self, caller: str, turn: Turn) -> None:
        turns = self._waiting.get(caller, deque())
        if turn not in turns:
            return  # passed over or shed already
        turns.remove(turn)
        self.queued -= 1
        if not turns:
            del self._waiting[caller]
