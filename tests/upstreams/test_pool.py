"""One good backend made of several bad ones: what becomes of each outcome, of several pictures, and of lost clients."""

from __future__ import annotations

import asyncio

import pytest
from support.scripted import one, two

from gateway.errors import BadRequest, GatewayError, PollingTimeout, RateLimited, Unavailable, UpstreamFailed
from gateway.lifecycle import DeadlinePassed
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import (
    Ambiguous,
    ContentRefused,
    EmptyAnswer,
    NotSent,
    Refused,
    Rejected,
    UpstreamError,
)

DOWN = NotSent("down")
BUSY = Refused("busy", status=503)
LOST = Ambiguous("lost")


@pytest.mark.parametrize("failure", [DOWN, BUSY, Refused("x", status=429), Refused("x", status=500), Refused("job")])
async def test_what_was_refused_or_not_sent_is_asked_again_where_nobody_else_is(failure: UpstreamError) -> None:
    dispatch = one(failure)

    delivery = await dispatch.ask()

    assert (dispatch.calls, delivery.attempts) == ([2], 2)


@pytest.mark.parametrize("failure", [Rejected("x", status=401), Rejected("x", status=404), EmptyAnswer("x")])
async def test_what_will_not_change_is_not_asked_again_of_the_same(failure: UpstreamError) -> None:
    dispatch = one(failure)

    with pytest.raises(UpstreamFailed):
        await dispatch.ask()

    assert dispatch.calls == [1]


@pytest.mark.parametrize("failure", [DOWN, BUSY, Rejected("x", status=401), EmptyAnswer("x")])
async def test_what_another_may_do_better_fails_over_at_once(failure: UpstreamError) -> None:
    dispatch = two([failure], [])

    delivery = await dispatch.ask()

    assert (dispatch.calls, delivery.upstream) == ([1, 1], "second")
    assert dispatch.clock.sleeps == []


async def test_refused_content_ends_it() -> None:
    dispatch = two([ContentRefused("x")], [])

    with pytest.raises(BadRequest):
        await dispatch.ask()

    assert dispatch.calls == [1, 0]


@pytest.mark.parametrize("failure", [LOST, Ambiguous("x", status=502), Ambiguous("x", status=504)])
async def test_what_may_have_been_done_is_never_repeated(failure: UpstreamError) -> None:
    dispatch = two([failure], [])

    with pytest.raises(UpstreamFailed):
        await dispatch.ask()

    assert dispatch.calls == [1, 0]


async def test_a_time_out_after_sending_is_the_clients_time_out_too() -> None:
    dispatch = two([Ambiguous("late", timed_out=True)], [])

    with pytest.raises(PollingTimeout):
        await dispatch.ask()

    assert dispatch.calls == [1, 0]


async def test_it_is_repeated_only_where_that_is_configured() -> None:
    again = one(LOST, retry_ambiguous=True)
    over = two([LOST], [], retry_ambiguous=True)

    await again.ask()
    await over.ask()

    assert (again.calls, over.calls) == ([2], [1, 1])


async def test_a_fault_of_the_request_ends_it() -> None:
    dispatch = two([BadRequest("damaged")], [])

    with pytest.raises(BadRequest, match="damaged"):
        await dispatch.ask()

    assert dispatch.calls == [1, 0]


async def test_a_fault_of_a_driver_is_not_hidden() -> None:
    dispatch = two([ZeroDivisionError()], [])

    with pytest.raises(ZeroDivisionError):
        await dispatch.ask()


async def test_a_backend_that_makes_many_is_asked_once() -> None:
    dispatch = one()

    delivery = await dispatch.ask(4)

    assert (len(delivery.pictures), delivery.attempts) == (4, 1)


@pytest.mark.parametrize(("max_n", "calls"), [(1, [1, 1, 1, 1]), (2, [2, 2]), (3, [3, 1])])
async def test_one_that_makes_few_is_asked_side_by_side(max_n: int, calls: list[int]) -> None:
    dispatch = one(max_n=max_n)

    delivery = await dispatch.ask(4)

    assert len(delivery.pictures) == 4
    assert [order.n for order in dispatch.upstreams[0].calls] == calls  # type: ignore[union-attr]  # they are generations


async def test_what_is_missing_is_made_elsewhere() -> None:
    dispatch = two([1], [])

    delivery = await dispatch.ask(3)

    assert [picture.upstream for picture in delivery.pictures] == ["first", "second", "second"]
    assert delivery.upstream == "first, second"
    assert [order.n for order in dispatch.upstreams[1].calls] == [2]  # type: ignore[union-attr]  # they are generations


async def test_what_is_missing_is_asked_of_the_same_where_nobody_else_is() -> None:
    dispatch = one(1, 1)

    delivery = await dispatch.ask(3)

    assert (len(delivery.pictures), dispatch.calls) == (3, [3])


async def test_of_calls_side_by_side_only_those_that_failed_are_made_again() -> None:
    dispatch = one(1, BUSY, 1, DOWN, max_n=1)

    delivery = await dispatch.ask(4)

    assert (len(delivery.pictures), dispatch.calls) == (4, [6])


async def test_too_few_pictures_are_an_error_and_not_an_answer() -> None:
    dispatch = one(1, 1, 1)

    with pytest.raises(UpstreamFailed):
        await dispatch.ask(4)


async def test_more_pictures_than_were_asked_for_are_left_out() -> None:
    dispatch = one(4)

    assert len((await dispatch.ask(2)).pictures) == 2


async def test_retries_side_by_side_are_paid_for_one_by_one() -> None:
    dispatch = one(*[BUSY] * 12, max_n=1)

    with pytest.raises(UpstreamFailed):
        await dispatch.ask(4)

    assert dispatch.members["first"].budget.affords(2)
    assert not dispatch.members["first"].budget.affords(3)


@pytest.mark.parametrize("final", [ContentRefused("x"), LOST, BadRequest("x")])
async def test_one_hopeless_call_ends_those_beside_it(final: Exception) -> None:
    dispatch = two([asyncio.Event(), asyncio.Event(), final], [], max_n=1)

    with pytest.raises(GatewayError):
        await dispatch.ask(3)

    assert dispatch.upstreams[0].cancelled == 2
    assert dispatch.calls == [3, 0]


async def test_a_call_that_was_cancelled_from_within_is_an_error_and_not_our_end() -> None:
    dispatch = one(max_n=1)
    dispatch.upstreams[0].generate = _cancels_itself  # type: ignore[method-assign, assignment]  # no script can

    with pytest.raises(Unavailable):
        await dispatch.ask(2)


async def test_whoever_is_cancelled_leaves_no_call_behind() -> None:
    dispatch = one(*[asyncio.Event() for _ in range(4)], max_n=1)
    before = asyncio.all_tasks()
    asked = asyncio.create_task(dispatch.ask(4))
    await asyncio.sleep(0.01)

    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    assert dispatch.upstreams[0].cancelled == 4
    assert asyncio.all_tasks() == before


async def test_the_deadline_ends_all_calls() -> None:
    dispatch = one(*[asyncio.Event() for _ in range(4)], max_n=1)

    with pytest.raises(DeadlinePassed):
        await dispatch.ask(4, seconds=0.01)

    assert dispatch.upstreams[0].cancelled == 4


async def test_for_nobody_nothing_new_is_begun() -> None:
    attempts = Attempts()
    dispatch = two([BUSY], [])
    asked = asyncio.create_task(dispatch.ask(attempts=attempts))
    await asyncio.sleep(0)

    attempts.abandoned = True

    with pytest.raises(GatewayError):
        await asked
    assert dispatch.calls == [1, 0]


async def test_for_nobody_no_wait_ends_in_a_call() -> None:
    attempts = Attempts()
    dispatch = one(Refused("busy", status=429, retry_after=1))

    async def left_meanwhile(_: float) -> None:
        attempts.abandoned = True

    dispatch.clock.sleep = left_meanwhile  # type: ignore[method-assign, assignment]  # a client that leaves while it is waited

    with pytest.raises(RateLimited):
        await dispatch.ask(attempts=attempts)
    assert dispatch.calls == [1]


async def test_what_was_delivered_is_marked_so() -> None:
    attempts = Attempts()

    await one().ask(attempts=attempts)

    assert attempts.delivered


async def _cancels_itself(*_: object) -> None:
    raise asyncio.CancelledError
