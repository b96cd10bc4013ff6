"""One budget for all work on pixels, and a bound for each piece of it (I1)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from gateway.imaging.errors import PictureError
from gateway.imaging.workers import ALONE, Workers

MIB = 2**20


@pytest.fixture
def workers() -> Iterator[Workers]:
    found = Workers(threads=4, budget=10 * MIB)
    yield found
    found.close()


async def test_what_takes_more_than_one_may_is_refused_at_once(workers: Workers) -> None:
    ran: list[bool] = []

    with pytest.raises(PictureError, match="takes 31 MiB of memory; one may take at most 30"):
        await workers.run(lambda: ran.append(True), size=ALONE * 10 * MIB + MIB)

    assert ran == []


async def test_what_takes_more_than_the_budget_works_alone(workers: Workers) -> None:
    running, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2)

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if most == 1:
            with pytest.raises(threading.BrokenBarrierError):
                together.wait(0.05)
        with lock:
            running -= 1

    await asyncio.gather(*(workers.run(work, size=ALONE * 10 * MIB) for _ in range(3)))

    assert most == 1


async def test_small_ones_work_side_by_side(workers: Workers) -> None:
    together = threading.Barrier(2)

    await asyncio.gather(*(workers.run(lambda: together.wait(5), size=5 * MIB) for _ in range(2)))
