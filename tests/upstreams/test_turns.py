"""Who is asked how often, how soon and in which order, and how those that are down or full are passed over."""

from __future__ import annotations

import asyncio

import pytest
from support.scripted import Dispatch, ScriptedUpstream, one, opened, two

from gateway.errors import GatewayError, RateLimited, Unavailable, UpstreamFailed
from gateway.upstreams.base import NotSent, Refused, Rejected
from gateway.upstreams.breaker import OPEN_FOR
from gateway.upstreams.retry import MOST_ATTEMPTS

DOWN = NotSent("down")
BUSY = Refused("busy", status=503)


async def test_three_attempts_in_all() -> None:
    dispatch = one(*[BUSY] * 9)

    with pytest.raises(UpstreamFailed):
        await dispatch.ask()

    assert dispatch.calls == [MOST_ATTEMPTS]


async def test_three_attempts_in_all_over_however_many_backends() -> None:
    dispatch = Dispatch([ScriptedUpstream(name, *[BUSY] * 9) for name in "abcd"])

    with pytest.raises(UpstreamFailed):
        await dispatch.ask()

    assert dispatch.calls == [1, 1, 1, 0]


async def test_a_hint_is_obeyed() -> None:
    dispatch = one(Refused("busy", status=429, retry_after=7))

    await dispatch.ask()

    assert dispatch.clock.sleeps == [7]


async def test_time_that_has_passed_since_counts_as_waited() -> None:
    dispatch = two([Refused("busy", status=429, retry_after=7)], [Rejected("x", status=401)])
    slow = dispatch.upstreams[1]

    async def rejected_after_five_seconds(*_: object) -> None:
        dispatch.clock.now += 5
        raise Rejected("x", status=401)

    slow.generate = rejected_after_five_seconds  # type: ignore[method-assign, assignment]  # slower than the script can

    await dispatch.ask()

    assert dispatch.clock.sleeps == [2]


async def test_a_hint_beyond_the_deadline_ends_it_at_once() -> None:
    dispatch = one(Refused("busy", status=429, retry_after=301))

    with pytest.raises(RateLimited) as caught:
        await dispatch.ask(seconds=300)

    assert dispatch.clock.sleeps == []
    assert caught.value.headers["Retry-After"] == "120"


async def test_whose_wait_ends_first_is_asked_again_first() -> None:
    dispatch = two([Refused("busy", status=429, retry_after=60)], [Refused("busy", status=429, retry_after=1)])

    delivery = await dispatch.ask()

    assert (dispatch.calls, delivery.upstream, dispatch.clock.sleeps) == ([1, 2], "second", [1])


async def test_one_without_budget_leaves_the_retry_to_another() -> None:
    dispatch = two([BUSY], [BUSY])
    dispatch.members["first"].budget.spend(10)

    await dispatch.ask()

    assert dispatch.calls == [1, 2]


async def test_an_outage_is_not_multiplied() -> None:
    """Five requests may retry twice; then each costs one call, until the twentieth opens the breaker."""
    dispatch = one(*[BUSY] * 1000)

    for _ in range(100):
        with pytest.raises(GatewayError):
            await dispatch.ask()

    assert dispatch.calls == [20]


async def test_retries_are_counted() -> None:
    dispatch = one(BUSY, DOWN)

    await dispatch.ask()

    assert dispatch.metrics.registry.get_sample_value("gateway_upstream_retries_total", {"upstream": "first"}) == 2


async def test_a_backend_that_is_down_is_passed_over() -> None:
    dispatch = opened(two([], []))

    delivery = await dispatch.ask()

    assert (dispatch.calls, delivery.attempts) == ([0, 1], 1)


async def test_when_all_are_down_the_client_is_told_when_to_come_back() -> None:
    dispatch = opened(one())
    dispatch.clock.now += 10

    with pytest.raises(Unavailable) as caught:
        await dispatch.ask()

    assert caught.value.headers["Retry-After"] == str(int(OPEN_FOR) - 10)
    assert dispatch.calls == [0]


async def test_a_backend_that_comes_back_is_tried_by_one_call_of_many() -> None:
    dispatch = opened(one(max_n=1))
    dispatch.clock.now += OPEN_FOR

    delivery = await dispatch.ask(4)

    assert len(delivery.pictures) == 4
    assert dispatch.clock.sleeps == [0]  # the probe alone, and then the rest


async def test_only_one_request_tries_a_backend_that_comes_back() -> None:
    end = asyncio.Event()
    dispatch = opened(one(end))
    dispatch.clock.now += OPEN_FOR
    probe = asyncio.create_task(dispatch.ask())
    await asyncio.sleep(0.01)

    with pytest.raises(Unavailable):
        await dispatch.ask()

    end.set()
    await probe
    assert dispatch.calls == [1]


async def test_full_backends_use_up_no_attempt() -> None:
    end = asyncio.Event()
    busy = [ScriptedUpstream(name, end) for name in "abc"]
    dispatch = Dispatch([*busy, ScriptedUpstream("free")], {"concurrency": 1, "queue": 0})
    holders = [asyncio.create_task(dispatch.ask()) for _ in busy]
    await asyncio.sleep(0.01)

    delivery = await dispatch.ask()

    assert (delivery.upstream, delivery.attempts) == ("free", 1)
    end.set()
    await asyncio.gather(*holders)


async def test_when_all_are_full_the_client_is_told_to_come_back() -> None:
    end = asyncio.Event()
    dispatch = one(end, concurrency=1, queue=0)
    holder = asyncio.create_task(dispatch.ask())
    await asyncio.sleep(0.01)

    with pytest.raises(Unavailable):
        await dispatch.ask()

    end.set()
    await holder
