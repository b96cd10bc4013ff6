"""A shared number of units: first come, first served, and nothing is lost on the way."""

from __future__ import annotations

import asyncio

import pytest

from gateway.budget import Budget


async def hold(budget: Budget, amount: int, held: list[int], enough: asyncio.Event) -> None:
    async with budget.take(amount):
        held.append(amount)
        await enough.wait()


async def test_a_large_amount_is_not_starved_by_small_ones() -> None:
    budget, enough, late = Budget(10), asyncio.Event(), asyncio.Event()
    held: list[int] = []
    first = asyncio.create_task(hold(budget, 6, held, enough))
    await asyncio.sleep(0)
    others = [asyncio.create_task(hold(budget, amount, held, late)) for amount in (8, 1)]
    await asyncio.sleep(0)
    assert held == [6]

    enough.set()
    await first
    await asyncio.sleep(0)

    assert held == [6, 8, 1]
    late.set()
    await asyncio.gather(*others)


async def test_more_than_all_counts_as_all() -> None:
    budget = Budget(10)

    async with budget.take(1000):
        with pytest.raises(TimeoutError):
            async with budget.take(1, patience=0.01):
                pass


async def test_who_has_no_patience_leaves_the_line() -> None:
    budget = Budget(10)

    async with budget.take(8):
        with pytest.raises(TimeoutError):
            async with budget.take(5, patience=0.01):
                pass
        async with budget.take(2, patience=0.01):
            pass
    async with budget.take(10, patience=0.01):
        pass


async def test_who_is_cancelled_in_line_gives_its_turn_away() -> None:
    budget, enough = Budget(10), asyncio.Event()
    held: list[int] = []
    async with budget.take(10):
        gone = asyncio.create_task(hold(budget, 10, held, enough))
        stays = asyncio.create_task(hold(budget, 4, held, enough))
        await asyncio.sleep(0)
        gone.cancel()

    enough.set()
    await stays
    assert held == [4]
    async with budget.take(10, patience=0.01):
        pass


async def test_a_failure_inside_gives_back_what_was_held() -> None:
    budget = Budget(10)

    with pytest.raises(RuntimeError):
        async with budget.take(10):
            raise RuntimeError

    async with budget.take(10, patience=0.01):
        pass
