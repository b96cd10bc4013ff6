"""What a request has cost, and what of it is worth finishing."""

from __future__ import annotations

import asyncio

import pytest

from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Ambiguous, NotSent, Refused


def fail(attempts: Attempts, error: BaseException, *, finish: bool = True) -> Attempts:
    with pytest.raises(type(error)), attempts.call(finish=finish):
        raise error
    return attempts


def test_nothing_was_sent_before_the_first_call() -> None:
    attempts = Attempts()

    assert (attempts.count, attempts.sent, attempts.worth_finishing) == (0, False, False)


@pytest.mark.parametrize(
    ("error", "sent"),
    [(NotSent("down"), False), (Refused("busy"), True), (Ambiguous("lost"), True), (asyncio.CancelledError(), True)],
)
def test_a_call_that_may_have_arrived_was_sent(error: BaseException, *, sent: bool) -> None:
    attempts = fail(Attempts(), error)

    assert (attempts.count, attempts.sent) == (1, sent)


def test_a_call_under_way_counts_as_sent() -> None:
    attempts = Attempts()

    with attempts.call(finish=False):
        assert attempts.sent


def test_work_under_way_is_finished_where_it_is_configured_so() -> None:
    attempts = Attempts()

    with attempts.call(finish=False):
        assert not attempts.worth_finishing
        with attempts.call(finish=True):
            assert attempts.worth_finishing


def test_pictures_that_came_are_still_worth_it_and_failed_calls_are_not() -> None:
    attempts = fail(Attempts(), Refused("busy"))
    assert not attempts.worth_finishing

    with attempts.call(finish=True):
        pass

    assert attempts.worth_finishing


def test_what_is_delivered_is_kept_however_it_is_configured() -> None:
    attempts = Attempts()

    attempts.delivered = True

    assert attempts.worth_finishing
