"""Large bodies take turns in memory; who waits too long is told to come back (L2)."""

from __future__ import annotations

import asyncio
import threading
import traceback

import pytest

from gateway.errors import BadRequest, Unavailable
from gateway.inputs.request_memory import SMALL, RequestMemory

MIB = 2**20


class Work:
    """Counts how much of it is done at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def __call__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._pause.wait(0.02)
        with self._lock:
            self.now -= 1


async def test_the_largest_bodies_are_in_memory_one_by_one() -> None:
    memory, work = RequestMemory(10 * MIB), Work()

    await asyncio.gather(*(memory.run(work, size=60 * MIB) for _ in range(4)))

    assert work.most == 1


async def test_small_ones_do_not_wait_behind_large_ones() -> None:
    memory = RequestMemory(10 * MIB, patience=0.01)

    async with memory.hold(10 * MIB):
        assert await memory.run(lambda: "done", size=SMALL) == "done"
        with pytest.raises(Unavailable) as caught:
            await memory.run(lambda: "done", size=SMALL + 1)

    assert caught.value.headers["Retry-After"]
    assert await memory.run(lambda: "done", size=10 * MIB) == "done"


async def test_memory_counts_until_the_thread_has_ended_also_when_nobody_waits() -> None:
    memory, begun, may_end = RequestMemory(10 * MIB, patience=0.01), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(5)

    task = asyncio.create_task(memory.run(work, size=10 * MIB))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(Unavailable):
        await memory.run(lambda: None, size=MIB)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await memory.run(lambda: None, size=10 * MIB)


async def test_a_refusal_keeps_nothing_of_what_was_refused() -> None:
    class Body:
        """Many bytes."""

    def work() -> None:
        body = Body()
        try:
            body.index()  # type: ignore[attr-defined]
        except AttributeError:
            raise BadRequest("no") from None

    with pytest.raises(BadRequest) as caught:
        await RequestMemory().run(work, size=MIB)

    seen = [frame.f_locals.values() for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert not any(isinstance(value, Body) for values in seen for value in values)
    assert caught.value.__context__ is None
