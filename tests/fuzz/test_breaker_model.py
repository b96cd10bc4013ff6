"""The breaker and the retry budget under any history of calls: what they promise holds at every step (U3)."""

from __future__ import annotations

from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from support.clocks import ManualClock
from support.effort import Effort

from gateway.upstreams.base import Outcome
from gateway.upstreams.breaker import FEWEST, OPEN_FOR, QUIET, UNREACHED_IN_A_ROW, WINDOW, Breaker, Ticket
from gateway.upstreams.retry import FULL, RetryBudget

FAILED = {Outcome.NOT_SENT, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.EMPTY}
ROUNDING = 1e-9
SAYS_NOTHING = {Outcome.REJECTED, Outcome.CONTENT_REFUSED}


class BreakerModel(RuleBasedStateMachine):
    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.breaker = Breaker(self.clock)
        self.era: set[Ticket] = set()
        """Calls under way that began since it opened or closed last."""
        self.told: deque[tuple[float, Outcome]] = deque()
        self.last_success = float("-inf")
        self.opened: float | None = None

    @property
    def now(self) -> float:
        return self.clock.monotonic()

    @rule(target=tickets, times=st.sampled_from([1, 1, 1, 6, 25]))
    def enter(self, times: int) -> list[Ticket]:
        """Several at once: a burst."""
        due = self.opened is None or (self.now >= self.opened + OPEN_FOR and not self.era)
        found = [ticket for _ in range(times) if (ticket := self.breaker.enter()) is not None]
        if self.opened is None:
            assert len(found) == times
        else:
            assert len(found) == (1 if due else 0)
        self.era.update(found)
        return found

    @rule(calls=consumes(tickets), outcome=st.sampled_from(Outcome))
    def record(self, calls: list[Ticket], outcome: Outcome) -> None:
        for ticket in calls:
            self.tell(ticket, outcome)

    def tell(self, ticket: Ticket, outcome: Outcome) -> None:
        counts, was_open = ticket in self.era, self.opened is not None
        self.era.discard(ticket)
        self.breaker.record(ticket, outcome)
        if not counts:
            assert self.breaker.is_open is was_open  # old news
            return
        if outcome is Outcome.SUCCESS:
            self.last_success = self.now
        if was_open:
            self.turn(is_open=outcome in FAILED)
            return
        if outcome not in SAYS_NOTHING:
            self.told.append((self.now, outcome))
        if self.breaker.is_open:
            assert self.has_reason(outcome)
            self.turn(is_open=True)
        else:
            assert not self.mostly_failed(outcome)

    def recent(self) -> list[Outcome]:
        return [outcome for when, outcome in self.told if when >= self.now - WINDOW]

    def mostly_failed(self, outcome: Outcome) -> bool:
        """Whatever is under way counts against it, however long it takes: then it must open."""
        recent = self.recent()
        failed = sum(outcome in FAILED for outcome in recent)
        return outcome in FAILED and len(recent) >= FEWEST and failed >= 0.8 * (len(recent) + len(self.era))

    def has_reason(self, outcome: Outcome) -> bool:
        recent = self.recent()
        failed = sum(outcome in FAILED for outcome in recent)
        share = len(recent) >= FEWEST and failed >= 0.8 * len(recent)
        row = sum(outcome is Outcome.NOT_SENT for _, outcome in self.told) >= UNREACHED_IN_A_ROW
        gone = outcome is Outcome.NOT_SENT and row and self.now - self.last_success >= QUIET
        return outcome in FAILED and (share or gone)

    def turn(self, *, is_open: bool) -> None:
        assert self.breaker.is_open is is_open
        self.opened = self.now if is_open else None
        self.era.clear()
        self.told.clear()

    @rule(calls=consumes(tickets))
    def give_up(self, calls: list[Ticket]) -> None:
        for ticket in calls:
            self.breaker.release(ticket)
            self.era.discard(ticket)

    @rule(seconds=st.sampled_from([0.1, 1, QUIET, WINDOW - 1, OPEN_FOR, 100]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @precondition(lambda self: self.opened is not None and not self.era)
    @rule()
    def come_back(self) -> None:
        """It never stays shut for a backend that works again."""
        self.clock.advance(OPEN_FOR)
        ticket = self.breaker.enter()
        assert ticket is not None
        assert self.breaker.enter() is None
        self.era.add(ticket)
        self.tell(ticket, Outcome.SUCCESS)
        assert not self.breaker.is_open

    @invariant()
    def it_says_when_it_may_be_asked(self) -> None:
        assert self.breaker.is_open is (self.opened is not None)
        assert 0 <= self.breaker.seconds_left <= OPEN_FOR + ROUNDING
        assert self.breaker.would_pass() is (self.opened is None or (self.breaker.seconds_left == 0 and not self.era))


def test_the_breaker_keeps_its_promises(effort: Effort) -> None:
    effort.run(BreakerModel, 20, steps=40)


def test_retries_never_outrun_successes(effort: Effort) -> None:
    def holds(history: list[int]) -> None:
        budget, spent, earned = RetryBudget(), 0, 0.0
        for calls in history:
            if calls == 0:
                budget.earn()
                earned += 0.5
            elif budget.affords(calls):
                budget.spend(calls)
                spent += calls
            assert spent <= FULL + earned
            assert not budget.affords(int(FULL) + 1)

    effort.check(100, holds, history=st.lists(st.integers(0, 4), max_size=200))
