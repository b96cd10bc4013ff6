"""Bounds the bytes of upstream answers that are held at a time, however many arrive together.

What counts is the first answer of a request, which is its only one unless several pictures were asked for of a backend
that makes one at a time. Event streams are read as they come: whoever listens wants what there is.

An answer is not read before its turn has come: meanwhile it waits in the kernel's buffers and at the backend.
Reading 256 answers of 2 MB one after another takes no longer than all at once, and a fraction of the memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from gateway.budget import Budget

ANSWERS = 16 * 2**20
"""Bytes of answers held by the whole process: eight of 2 MB, as many as the file store writes at a time."""
SMALL = 64 * 1024
"""Bytes of an answer for which nobody waits: a connection's buffers hold more."""
CROWD = 40
"""Requests at a time, above which an answer that waits for its turn takes in as little as can be."""
UNKNOWN_LENGTH = 4 * 2**20
"""Bytes that are counted for an answer that does not say how long it is."""


class _Share:
    """What one request holds."""

    __slots__ = ("_first", "_held", "memory")

    def __init__(self, memory: AnswerMemory) -> None:
        self.memory = memory
        self._first: asyncio.Lock | None = None
        self._held = 0

    def __enter__(self) -> None:
        _share.set(self)
        self.memory.inside += 1

    def __exit__(self, *_: object) -> None:
        _share.set(None)
        self.memory.inside -= 1
        if self._held:
            self.memory.budget.release(self._held)

    async def take(self, size: int) -> None:
        """Wait for the first answer of the request; the others come along with it.

        A request that held one answer and waited for the next would wait for whoever does the same. The lock has
        answers that arrive together wait as one.
        """
        if self._first is None:
            self._first = asyncio.Lock()
        async with self._first:
            if not self._held:
                self._held = await self.memory.budget.acquire(size)


_share: ContextVar[_Share | None] = ContextVar("share", default=None)


class AnswerMemory:
    def __init__(self, budget: int = ANSWERS, *, small: int = SMALL, crowd: int = CROWD) -> None:
        self.budget = Budget(budget)
        self.small = small
        self.crowd = crowd
        self.inside = 0
        """Requests that wait for an answer or hold one."""

    def held(self) -> AbstractContextManager[None]:
        """Answers that are read inside are held until its end: decoded, checked and stored."""
        return _Share(self)


async def wait_for_turn(size: int | None, clock: asyncio.Timeout | None = None) -> None:
    """Return when an answer of `size` bytes may be read; at once outside of `AnswerMemory.held`.

    `clock` stands still meanwhile: the backend has done its part, and is not to blame for a queue of ours.
    """
    share, size = _share.get(), UNKNOWN_LENGTH if size is None else size
    if share is None or size <= share.memory.small:
        return
    with _stopped(clock) if clock is not None else nullcontext():
        await share.take(size)


@contextmanager
def _stopped(clock: asyncio.Timeout) -> Iterator[None]:
    loop, end = asyncio.get_running_loop(), clock.when()
    left = None if end is None else end - loop.time()
    clock.reschedule(None)
    try:
        yield
    finally:
        clock.reschedule(None if left is None else loop.time() + left)


def is_crowded() -> bool:
    """Whether so many requests wait for answers that each should take in little before its turn."""
    share = _share.get()
    return share is not None and share.memory.inside > share.memory.crowd
