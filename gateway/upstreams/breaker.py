"""Stops asking a backend that is down, and lets one call through now and then to see whether it is back."""

from __future__ import annotations

from collections import deque
from itertools import count, takewhile
from typing import NamedTuple

from gateway.clock import Clock
from gateway.upstreams.base import Outcome

WINDOW = 30.0
"""Seconds of attempts that are judged."""
FEWEST = 20
"""Attempts in the window below which a share of failures says nothing."""
FAILED_SHARE = 0.8
UNREACHED_IN_A_ROW = 5
QUIET = 5.0
"""Seconds without a success after which calls that were not even sent count as an outage."""
LONGEST_ROW = 64
"""Calls that were not sent which are remembered, to find those that began next to each other."""
OPEN_FOR = 30.0

_FAILED = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.EMPTY})
"""A rejected or refused content is no failure of the backend: else one client could shut it for all."""


class Ticket(NamedTuple):
    """Leave for one call. What the call tells counts only in the era in which it began."""

    era: int
    number: int
    """Of all calls, in the order they began."""


class Breaker:
    """Closed, open, or half open with one probe under way. Whoever got a ticket must `record` or `release` it.

    Failures are quick and pictures slow. So that a burst is not judged by what failed before the first picture can
    be there, calls count in the order they began, and those under way count as not failed.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._era = 0
        """Changes whenever it opens or closes: slow calls of the era before are old news, good or bad."""
        self._begun = 0
        self._running: dict[Ticket, float] = {}
        """When each call that is under way began."""
        self._recent: deque[tuple[float, bool]] = deque()
        """When each call ended, and whether it failed."""
        self._failed = 0
        self._unreached: deque[int] = deque(maxlen=LONGEST_ROW)
        """Numbers of calls that were not even sent."""
        self._last_success = float("-inf")
        self._opened: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether ordinary calls are turned away; half open counts."""
        return self._opened is not None

    @property
    def seconds_left(self) -> float:
        """Until the next probe may go; 0 when calls pass."""
        if self._opened is None:
            return 0.0
        return max(0.0, self._opened + OPEN_FOR - self._clock.monotonic())

    def would_pass(self) -> bool:
        return self._opened is None or (not self._probing and self.seconds_left == 0)

    def enter(self) -> Ticket | None:
        """Leave for a call now, or None. Half open, the one that asks first gets it."""
        if not self.would_pass():
            return None
        self._probing = self.is_open
        self._begun += 1
        ticket = Ticket(self._era, self._begun)
        self._running[ticket] = self._clock.monotonic()
        return ticket

    def release(self, ticket: Ticket) -> None:
        """The call ended without telling anything about the backend, for example because it was cancelled."""
        del self._running[ticket]
        if ticket.era == self._era:
            self._probing = False

    def record(self, ticket: Ticket, outcome: Outcome) -> None:
        del self._running[ticket]
        if ticket.era != self._era:
            return
        if outcome is Outcome.SUCCESS:
            self._last_success = self._clock.monotonic()
        if self.is_open:
            self._turn(is_open=outcome in _FAILED)  # it was the probe: nobody else gets a ticket in such an era
            return
        if outcome is not Outcome.SUCCESS and outcome not in _FAILED:
            return  # it answered with sense, and says nothing about pictures
        self._remember(failed=outcome in _FAILED)
        if outcome in _FAILED and (self._mostly_fails() or self._is_gone(ticket, outcome)):
            self._turn(is_open=True)

    def _turn(self, *, is_open: bool) -> None:
        self._opened = self._clock.monotonic() if is_open else None
        self._era += 1
        self._probing = False
        self._recent.clear()
        self._unreached.clear()
        self._failed = 0

    def _remember(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        self._recent.append((now, failed))
        self._failed += failed
        while self._recent[0][0] < now - WINDOW:
            self._failed -= self._recent.popleft()[1]

    def _mostly_fails(self) -> bool:
        if len(self._recent) < FEWEST:
            return False
        since = self._clock.monotonic() - WINDOW
        under_way = sum(ticket.era == self._era and began >= since for ticket, began in self._running.items())
        return self._failed >= FAILED_SHARE * (len(self._recent) + under_way)

    def _is_gone(self, ticket: Ticket, outcome: Outcome) -> bool:
        if outcome is not Outcome.NOT_SENT:
            return False
        self._unreached.append(ticket.number)
        before, after = count(ticket.number, -1), count(ticket.number + 1)
        row = sum(1 for numbers in (before, after) for _ in takewhile(self._unreached.__contains__, numbers))
        quiet = self._clock.monotonic() - self._last_success >= QUIET
        return row >= UNREACHED_IN_A_ROW and quiet
