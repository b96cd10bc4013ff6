"""Stops asking a backend that is down, and lets one call through now and then to see whether it is back."""

from __future__ import annotations

from collections import deque
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
OPEN_FOR = 30.0

_FAILED = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.EMPTY})
"""A rejected or refused content is no failure of the backend: else one client could shut it for all."""


class Ticket(NamedTuple):
    """Leave for one call. What the call tells counts only in the era in which it began."""

    era: int


class Breaker:
    """Closed, open, or half open with one probe under way. Whoever got a ticket must `record` or `release` it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._era = 0
        """Changes whenever it opens or closes: slow calls of the era before are old news, good or bad."""
        self._recent: deque[tuple[float, bool]] = deque()
        self._failed = 0
        self._unreached = 0
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
        return Ticket(self._era)

    def release(self, ticket: Ticket) -> None:
        """The call ended without telling anything about the backend, for example because it was cancelled."""
        if ticket.era == self._era:
            self._probing = False

    def record(self, ticket: Ticket, outcome: Outcome) -> None:
        if ticket.era != self._era:
            return
        if outcome is Outcome.SUCCESS:
            self._last_success = self._clock.monotonic()
        if self.is_open:
            self._turn(is_open=outcome in _FAILED)  # it was the probe: nobody else gets a ticket in such an era
            return
        self._unreached = self._unreached + 1 if outcome is Outcome.NOT_SENT else 0
        if outcome is not Outcome.SUCCESS and outcome not in _FAILED:
            return  # it answered with sense, and says nothing about pictures
        self._remember(failed=outcome in _FAILED)
        if self._is_down():
            self._turn(is_open=True)

    def _turn(self, *, is_open: bool) -> None:
        self._opened = self._clock.monotonic() if is_open else None
        self._era += 1
        self._probing = False
        self._recent.clear()
        self._failed = self._unreached = 0

    def _remember(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        self._recent.append((now, failed))
        self._failed += failed
        while self._recent[0][0] < now - WINDOW:
            self._failed -= self._recent.popleft()[1]

    def _is_down(self) -> bool:
        if len(self._recent) >= FEWEST and self._failed >= FAILED_SHARE * len(self._recent):
            return True
        quiet = self._clock.monotonic() - self._last_success >= QUIET
        return self._unreached >= UNREACHED_IN_A_ROW and quiet
