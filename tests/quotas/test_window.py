"""An allowance: within no period more than the limit, and what a failure gives back."""

from __future__ import annotations

import random

import pytest
from support.clocks import LeapingClock

from gateway.quotas.base import QuotaExceeded
from gateway.quotas.window import SLOTS, SlidingWindow

DAY = 86_400


async def test_no_day_has_more_than_the_limit_wherever_it_begins() -> None:
    clock, dice = LeapingClock(), random.Random(4)
    window = SlidingWindow(clock, DAY)
    taken: list[float] = []
    for _ in range(3000):
        clock.now += dice.expovariate(1 / 600)
        try:
            await window.take("a", 1, 20)
        except QuotaExceeded:
            continue
        taken.append(clock.now)

    assert len(taken) > 300
    assert all(later - first >= DAY for first, later in zip(taken, taken[20:], strict=False))


async def test_whoever_waits_as_long_as_told_is_served() -> None:
    clock = LeapingClock()
    window = SlidingWindow(clock, DAY)
    await window.take("a", 3, 4)

    with pytest.raises(QuotaExceeded) as refused:
        await window.take("a", 2, 4)
    clock.now += refused.value.retry_after

    assert DAY <= refused.value.retry_after <= DAY + DAY / SLOTS
    await window.take("a", 2, 4)


async def test_a_refusal_takes_nothing_and_tells_what_is_left() -> None:
    window = SlidingWindow(LeapingClock(), DAY)
    await window.take("a", 3, 4)

    with pytest.raises(QuotaExceeded) as refused:
        await window.take("a", 2, 4)

    assert refused.value.balance[:2] == (4, 1)
    assert (await window.balance("a", 4)).remaining == 1


async def test_what_a_failure_gives_back_may_be_used_at_once() -> None:
    clock = LeapingClock()
    window = SlidingWindow(clock, DAY)
    failed = await window.take("a", 4, 4)

    clock.now += 300
    await window.give_back(failed)
    await window.take("a", 4, 4)

    assert (await window.balance("a", 4)).reset > DAY


async def test_a_failure_gives_back_its_own_time_and_not_another_s() -> None:
    clock = LeapingClock()
    window = SlidingWindow(clock, DAY)
    early = await window.take("a", 1, 2)
    clock.now += 3600
    await window.take("a", 1, 2)

    await window.give_back(early)

    balance = await window.balance("a", 2)
    assert balance[:2] == (2, 1)
    assert balance.reset == pytest.approx(DAY, abs=DAY / SLOTS)


async def test_what_was_forgotten_cannot_be_given_back() -> None:
    clock = LeapingClock()
    window = SlidingWindow(clock, DAY)
    taken = await window.take("a", 2, 2)
    clock.now += 2 * DAY

    await window.give_back(taken)

    assert await window.balance("a", 2) == (2, 2, 0)


async def test_a_busy_history_stays_small() -> None:
    clock = LeapingClock()
    window = SlidingWindow(clock, DAY)
    for _ in range(4 * SLOTS):
        clock.now += DAY / SLOTS / 2
        await window.take("a", 1, 10**9)

    assert len(window._usages["a"].slots) <= SLOTS + 2


async def test_more_than_the_limit_is_refused_for_a_whole_period() -> None:
    with pytest.raises(QuotaExceeded) as refused:
        await SlidingWindow(LeapingClock(), DAY).take("a", 3, 2)

    assert refused.value.retry_after == DAY
