"""When a backend is no longer asked, for how long, and how it comes back."""

from __future__ import annotations

import pytest
from support.clocks import ManualClock

from gateway.upstreams.base import Outcome
from gateway.upstreams.breaker import FEWEST, OPEN_FOR, QUIET, UNREACHED_IN_A_ROW, WINDOW, Breaker, Ticket


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker(clock)


def entered(breaker: Breaker) -> Ticket:
    ticket = breaker.enter()
    assert ticket is not None
    return ticket


def record(breaker: Breaker, outcome: Outcome, times: int = 1) -> None:
    for _ in range(times):
        breaker.record(entered(breaker), outcome)


def opened(breaker: Breaker) -> Breaker:
    record(breaker, Outcome.NOT_SENT, UNREACHED_IN_A_ROW)
    assert breaker.is_open
    return breaker


def half_open(breaker: Breaker, clock: ManualClock) -> Breaker:
    opened(breaker)
    clock.advance(OPEN_FOR)
    return breaker


def test_four_fifths_of_twenty_attempts_open_it(breaker: Breaker) -> None:
    record(breaker, Outcome.SUCCESS, 4)
    record(breaker, Outcome.REFUSED, 15)
    assert not breaker.is_open

    record(breaker, Outcome.REFUSED)

    assert breaker.is_open


def test_fewer_than_twenty_attempts_say_nothing(breaker: Breaker) -> None:
    record(breaker, Outcome.REFUSED, FEWEST - 1)

    assert not breaker.is_open


def test_a_share_below_four_fifths_does_not_open_it(breaker: Breaker) -> None:
    for _ in range(50):
        record(breaker, Outcome.SUCCESS)
        record(breaker, Outcome.REFUSED, 3)

    assert not breaker.is_open


def test_attempts_older_than_the_window_are_forgotten(breaker: Breaker, clock: ManualClock) -> None:
    record(breaker, Outcome.REFUSED, FEWEST - 1)
    clock.advance(WINDOW + 1)

    record(breaker, Outcome.REFUSED)

    assert not breaker.is_open


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.EMPTY, Outcome.NOT_SENT])
def test_what_counts_as_failed(breaker: Breaker, clock: ManualClock, outcome: Outcome) -> None:
    record(breaker, Outcome.SUCCESS)
    clock.advance(WINDOW + 1)  # longer than the quiet time, so that a row of unsent calls is judged too

    record(breaker, outcome, UNREACHED_IN_A_ROW if outcome is Outcome.NOT_SENT else FEWEST)

    assert breaker.is_open


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.CONTENT_REFUSED])
def test_one_client_cannot_open_it_with_what_is_refused_to_it(breaker: Breaker, outcome: Outcome) -> None:
    record(breaker, outcome, 10 * FEWEST)

    assert not breaker.is_open


def test_refused_content_does_not_hide_an_outage(breaker: Breaker) -> None:
    for _ in range(FEWEST):
        record(breaker, Outcome.CONTENT_REFUSED, 5)
        record(breaker, Outcome.REFUSED)

    assert breaker.is_open


def test_a_row_of_unsent_calls_opens_it_only_without_a_recent_success(breaker: Breaker, clock: ManualClock) -> None:
    record(breaker, Outcome.SUCCESS)
    record(breaker, Outcome.NOT_SENT, UNREACHED_IN_A_ROW)
    assert not breaker.is_open

    clock.advance(QUIET)
    record(breaker, Outcome.NOT_SENT)

    assert breaker.is_open


def test_a_burst_is_not_judged_by_those_of_it_that_were_refused_first(breaker: Breaker) -> None:
    """Refusals take a millisecond and pictures a minute, so at first there is nothing but refusals."""
    burst = [entered(breaker) for _ in range(60)]

    for ticket in burst[::4]:
        breaker.record(ticket, Outcome.NOT_SENT)

    assert not breaker.is_open


def test_calls_that_began_in_a_row_count_in_whichever_order_they_end(breaker: Breaker) -> None:
    row = [entered(breaker) for _ in range(UNREACHED_IN_A_ROW)]

    for ticket in reversed(row):
        breaker.record(ticket, Outcome.NOT_SENT)

    assert breaker.is_open


def test_calls_under_way_have_not_failed(breaker: Breaker) -> None:
    for _ in range(64):
        entered(breaker)

    record(breaker, Outcome.REFUSED, 2 * FEWEST)

    assert not breaker.is_open


def test_calls_that_hang_longer_than_the_window_do_not_speak_for_the_backend(
    breaker: Breaker, clock: ManualClock
) -> None:
    for _ in range(64):
        entered(breaker)
    clock.advance(WINDOW + 1)

    record(breaker, Outcome.REFUSED, FEWEST)

    assert breaker.is_open


def test_an_answer_between_them_ends_the_row(breaker: Breaker) -> None:
    record(breaker, Outcome.NOT_SENT, UNREACHED_IN_A_ROW - 1)
    record(breaker, Outcome.REJECTED)

    record(breaker, Outcome.NOT_SENT, UNREACHED_IN_A_ROW - 1)

    assert not breaker.is_open


def test_open_it_lets_nobody_through_and_says_for_how_long(breaker: Breaker, clock: ManualClock) -> None:
    opened(breaker)
    clock.advance(10)

    assert breaker.enter() is None
    assert breaker.seconds_left == OPEN_FOR - 10


def test_half_open_it_lets_one_probe_through(breaker: Breaker, clock: ManualClock) -> None:
    half_open(breaker, clock)

    assert breaker.enter() is not None
    assert breaker.enter() is None
    assert breaker.is_open


def test_a_good_probe_closes_it_with_a_clean_slate(breaker: Breaker, clock: ManualClock) -> None:
    record(half_open(breaker, clock), Outcome.SUCCESS)

    record(breaker, Outcome.REFUSED, FEWEST - 1)

    assert not breaker.is_open


def test_a_failed_probe_opens_it_for_another_while(breaker: Breaker, clock: ManualClock) -> None:
    record(half_open(breaker, clock), Outcome.REFUSED)

    assert breaker.seconds_left == OPEN_FOR
    assert breaker.enter() is None


def test_a_probe_that_is_answered_with_sense_closes_it(breaker: Breaker, clock: ManualClock) -> None:
    record(half_open(breaker, clock), Outcome.CONTENT_REFUSED)

    assert not breaker.is_open


def test_a_probe_that_tells_nothing_leaves_the_place_to_the_next(breaker: Breaker, clock: ManualClock) -> None:
    half_open(breaker, clock).release(entered(breaker))

    assert breaker.is_open
    assert breaker.enter() is not None


@pytest.mark.parametrize("outcome", [Outcome.SUCCESS, Outcome.REFUSED, Outcome.REJECTED])
def test_a_call_begun_before_it_opened_does_not_move_it(breaker: Breaker, clock: ManualClock, outcome: Outcome) -> None:
    slow = entered(breaker)
    half_open(breaker, clock)

    breaker.record(slow, outcome)

    assert breaker.is_open
    assert breaker.seconds_left == 0


def test_a_call_begun_before_it_opened_lets_no_second_probe_through(breaker: Breaker, clock: ManualClock) -> None:
    recorded, released = entered(breaker), entered(breaker)
    probe = half_open(breaker, clock).enter()

    breaker.record(recorded, Outcome.REFUSED)
    breaker.release(released)

    assert probe is not None
    assert breaker.enter() is None


def test_failures_of_the_outage_do_not_count_after_it(breaker: Breaker, clock: ManualClock) -> None:
    slow = [entered(breaker) for _ in range(FEWEST)]
    record(half_open(breaker, clock), Outcome.SUCCESS)

    for ticket in slow:
        breaker.record(ticket, Outcome.AMBIGUOUS)

    assert not breaker.is_open
