"""Bounds the bytes of upstream answers that are held at a time, however many arrive together.

An answer is not read before its turn has come: meanwhile it waits in the kernel's buffers and at the backend.
Reading 256 answers of 2 MB one after another takes no longer than all at once, and a fraction of the memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar

from gateway.budget import Budget

ANSWERS = 24 * 2**20
"""Bytes of answers held by the whole process."""
UNKNOWN_LENGTH = 4 * 2**20
"""Bytes that are counted for an answer that does not say how long it is."""


class _Share:
    """What one request holds."""

    def __init__(self, budget: Budget, stack: AsyncExitStack) -> None:
        self._budget = budget
        self._stack = stack
        self._first = asyncio.Lock()
        self._holds = False

    async def take(self, size: int) -> None:
        """Wait for the first answer of the request; the others come along with it.

        A request that held one answer and waited for the next would wait for whoever does the same. The lock has
        answers that arrive together wait as one.
        """
        async with self._first:
            if not self._holds:
                await self._stack.enter_async_context(self._budget.take(size))
                self._holds = True


_share: ContextVar[_Share | None] = ContextVar("share", default=None)


class AnswerMemory:
    def __init__(self, budget: int = ANSWERS) -> None:
        self._budget = Budget(budget)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Answers that are read inside are held until its end: decoded, checked and stored."""
        async with AsyncExitStack() as stack:
            _share.set(_Share(self._budget, stack))
            try:
                yield
            finally:
                _share.set(None)


async def wait_for_turn(size: int | None) -> None:
    """Return when an answer of `size` bytes may be read; at once outside of `AnswerMemory.held`."""
    share = _share.get()
    if share is not None:
        await share.take(UNKNOWN_LENGTH if size is None else size)
