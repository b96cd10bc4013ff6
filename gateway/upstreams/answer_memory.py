"""Bounds the bytes of upstream answers that are held at a time, however many arrive together.

An answer is not read before its turn has come: meanwhile it waits in the kernel's buffers and at the backend.
Reading 256 answers of 2 MB one after another takes no longer than all at once, and a fraction of the memory.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from contextvars import ContextVar

from gateway.budget import Budget

ANSWERS = 16 * 2**20
"""Bytes of answers held by the whole process: eight of 2 MB, as many as the file store writes at a time."""
SMALL = 64 * 1024
"""Bytes of an answer for which nobody waits: a connection's buffers hold more."""
UNKNOWN_LENGTH = 4 * 2**20
"""Bytes that are counted for an answer that does not say how long it is."""


class _Share:
    """What one request holds."""

    __slots__ = ("_budget", "_first", "_held", "_small")

    def __init__(self, budget: Budget, small: int) -> None:
        self._budget = budget
        self._small = small
        self._first: asyncio.Lock | None = None
        self._held = 0

    def __enter__(self) -> None:
        _share.set(self)

    def __exit__(self, *_: object) -> None:
        _share.set(None)
        if self._held:
            self._budget.release(self._held)

    async def take(self, size: int) -> None:
        """Wait for the first answer of the request; the others come along with it.

        A request that held one answer and waited for the next would wait for whoever does the same. The lock has
        answers that arrive together wait as one.
        """
        if size <= self._small:
            return
        if self._first is None:
            self._first = asyncio.Lock()
        async with self._first:
            if not self._held:
                self._held = await self._budget.acquire(size)


_share: ContextVar[_Share | None] = ContextVar("share", default=None)


class AnswerMemory:
    def __init__(self, budget: int = ANSWERS, *, small: int = SMALL) -> None:
        self._budget = Budget(budget)
        self._small = small

    def held(self) -> AbstractContextManager[None]:
        """Answers that are read inside are held until its end: decoded, checked and stored."""
        return _Share(self._budget, self._small)


async def wait_for_turn(size: int | None) -> None:
    """Return when an answer of `size` bytes may be read; at once outside of `AnswerMemory.held`."""
    share = _share.get()
    if share is not None:
        await share.take(UNKNOWN_LENGTH if size is None else size)
