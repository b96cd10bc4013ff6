from __future__ import annotations

import asyncio
from threading import Event, current_thread

import pytest

from gateway.hosting.stores.threads import Threads


async def test_work_runs_in_a_thread_of_the_stores_own() -> None:
    threads = Threads(1)
    name = await threads.run(lambda: current_thread().name)
    await asyncio.to_thread(threads.close)

    assert name.startswith("store")


async def test_what_fails_in_the_thread_is_raised_here() -> None:
    threads = Threads(1)
    with pytest.raises(ValueError, match="invalid literal"):
        await threads.run(int, "x")
    await asyncio.to_thread(threads.close)


async def test_work_that_waits_is_dropped_when_it_is_cancelled() -> None:
    threads, gate, done = Threads(1), Event(), list[str]()
    first = threads.run(gate.wait)
    second = threads.run(done.append, "second")
    second.cancel()
    await asyncio.sleep(0)  # the thread pool hears of it in the next turn of the loop
    gate.set()
    await first
    await asyncio.to_thread(threads.close)

    assert done == []


async def test_closing_waits_for_what_was_handed_in() -> None:
    threads, done = Threads(1), list[int]()
    for number in range(5):
        threads.run(done.append, number)
    await asyncio.to_thread(threads.close)

    assert done == [0, 1, 2, 3, 4]
