"""Waiting for work: for several things as one, and for one task that others wait for too."""

from __future__ import annotations

import asyncio

import pytest

from gateway.concurrency import all_of, ended


async def _fail() -> None:
    await asyncio.sleep(0)
    raise ZeroDivisionError


async def test_the_end_of_a_task_is_no_error_of_who_waits() -> None:
    task = asyncio.create_task(_fail())

    await ended(task)

    assert isinstance(task.exception(), ZeroDivisionError)
    await ended(task)  # which is over already


async def test_who_stops_waiting_stops_nothing() -> None:
    end = asyncio.Event()
    task = asyncio.create_task(end.wait())
    first, second = asyncio.create_task(ended(task)), asyncio.create_task(ended(task))
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.wait([first])
    end.set()
    await second

    assert (first.cancelled(), task.result()) == (True, True)


async def test_results_come_in_order_and_the_first_failure_as_itself() -> None:
    async def give(value: int) -> int:
        await asyncio.sleep(0.001 * (3 - value))
        return value

    assert await all_of(give(value) for value in range(3)) == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        await all_of([_fail(), _fail()])
