"""A rate: a burst up to the limit, and an even return."""

from __future__ import annotations

import pytest
from support.clocks import LeapingClock

from gateway.quotas.base import QuotaExceeded
from gateway.quotas.bucket import TokenBucket


async def exhaust(bucket: TokenBucket, limit: int) -> None:
    for _ in range(limit):
        await bucket.take("a", 1, limit)


async def test_a_whole_limit_may_be_used_at_once_and_no_more() -> None:
    bucket = TokenBucket(LeapingClock(), 60)
    await exhaust(bucket, 30)

    with pytest.raises(QuotaExceeded) as refused:
        await bucket.take("a", 1, 30)

    assert refused.value.balance == (30, 0, 60)
    assert refused.value.retry_after == pytest.approx(2)


async def test_whoever_waits_as_long_as_told_is_served() -> None:
    clock = LeapingClock()
    bucket = TokenBucket(clock, 60)
    for _ in range(100):
        try:
            await bucket.take("a", 1, 7)
        except QuotaExceeded as refused:
            clock.now += refused.retry_after
            await bucket.take("a", 1, 7)

    assert clock.now == pytest.approx(1000 + (100 - 7) * 60 / 7)


async def test_what_comes_back_is_never_more_than_the_limit() -> None:
    clock = LeapingClock()
    bucket = TokenBucket(clock, 60)
    await exhaust(bucket, 3)

    clock.now += 86_400

    assert await bucket.balance("a", 3) == (3, 3, 0)


async def test_half_a_period_brings_half_of_it_back() -> None:
    clock = LeapingClock()
    bucket = TokenBucket(clock, 60)
    await exhaust(bucket, 10)

    clock.now += 30

    assert await bucket.balance("a", 10) == (10, 5, 30)


async def test_what_is_given_back_may_be_taken_again() -> None:
    bucket = TokenBucket(LeapingClock(), 60)
    await bucket.give_back(await bucket.take("a", 2, 2))

    assert await bucket.balance("a", 2) == (2, 2, 0)


async def test_callers_have_a_bucket_each() -> None:
    bucket = TokenBucket(LeapingClock(), 60)
    await exhaust(bucket, 5)

    assert (await bucket.balance("b", 5)).remaining == 5


async def test_a_limit_may_change_while_usage_is_counted() -> None:
    bucket = TokenBucket(LeapingClock(), 60)
    await exhaust(bucket, 5)

    assert (await bucket.balance("a", 8)).remaining == 3
    assert (await bucket.balance("a", 2)).remaining == 0


async def test_more_than_the_limit_is_refused_for_a_whole_period() -> None:
    with pytest.raises(QuotaExceeded) as refused:
        await TokenBucket(LeapingClock(), 60).take("a", 3, 2)

    assert refused.value.retry_after == 60
