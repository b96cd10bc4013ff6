"""What retries cost, and how long is waited before one."""

from __future__ import annotations

import random

import pytest
from support.clocks import StillDice

from gateway.upstreams.retry import FIRST_WAIT, RetryBudget, jitter


def spent(budget: RetryBudget) -> int:
    """How many retries `budget` pays for, one by one."""
    retries = 0
    while budget.affords(1):
        budget.spend(1)
        retries += 1
    return retries


def test_a_new_budget_pays_for_ten_retries() -> None:
    assert spent(RetryBudget()) == 10


def test_two_successes_pay_for_one_retry() -> None:
    budget = RetryBudget()
    spent(budget)

    budget.earn()
    assert not budget.affords(1)
    budget.earn()

    assert spent(budget) == 1


def test_successes_beyond_the_cap_are_not_saved() -> None:
    budget = RetryBudget()

    for _ in range(1000):
        budget.earn()

    assert spent(budget) == 10


def test_calls_side_by_side_cost_each_for_itself() -> None:
    budget = RetryBudget()

    budget.spend(4)
    budget.spend(4)

    assert not budget.affords(4)
    assert budget.affords(2)


@pytest.mark.parametrize(("retry", "longest"), [(1, FIRST_WAIT), (2, 2 * FIRST_WAIT)])
def test_waits_are_spread_from_nothing_to_twice_the_last(retry: int, longest: float) -> None:
    dice = random.Random(7)

    waits = [jitter(retry, dice) for _ in range(1000)]

    assert all(0 <= wait <= longest for wait in waits)
    assert max(waits) - min(waits) > 0.95 * longest


def test_the_dice_are_handed_in() -> None:
    assert jitter(1, StillDice()) == 0
