"""Whose turn it is: the backends that can do a request, how each has failed, and when it may be asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from gateway.clock import Clock
from gateway.errors import GatewayError, Unavailable, forget_traces
from gateway.upstreams.base import Outcome, UpstreamError
from gateway.upstreams.bulkhead import QueueFull
from gateway.upstreams.member import BreakerOpen, Member
from gateway.upstreams.retry import MOST_ATTEMPTS
from gateway.upstreams.verdict import verdict

Failure: TypeAlias = UpstreamError | QueueFull | BreakerOpen

_FAILS_OVER = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REJECTED, Outcome.EMPTY})
_RETRIED = frozenset({Outcome.NOT_SENT, Outcome.REFUSED})


class Turns:
    """Of one request. A backend that was not asked comes first; one that failed comes again once its wait is over."""

    def __init__(self, members: Sequence[Member], clock: Clock) -> None:
        """`members` in the order they are preferred."""
        self._members = members
        self._clock = clock
        self._rounds = 0
        self._seen: set[str] = set()
        self._again: dict[str, float] = {}
        """When each that may be asked again may be."""
        self._failures: list[UpstreamError] = []
        self._unavailable: list[float] = []
        """Seconds until each that could not even be asked may be back."""
        self._full = False
        self._is_final = False

    @property
    def retry(self) -> int:
        """Which retry the next call would be, from 1; 0 before the first call."""
        return self._rounds

    @property
    def over(self) -> bool:
        return self._is_final or self._rounds == MOST_ATTEMPTS

    def fresh(self) -> Member | None:
        """The first that was not asked yet. Those that are known to be down are left out."""
        for member in self._members:
            if member.name in self._seen:
                continue
            self._seen.add(member.name)
            if member.breaker.would_pass():
                return member
            self._unavailable.append(member.breaker.seconds_left)
        return None

    def again(self, calls: Callable[[Member], int]) -> Member | None:
        """Of those that may be asked again, and can afford as many `calls` as it takes, whose wait ends first."""
        able = [
            member
            for member in self._members
            if member.name in self._again and member.breaker.would_pass() and member.budget.affords(calls(member))
        ]
        return min(able, key=self.wait, default=None)

    def wait(self, member: Member) -> float:
        """Seconds that are left of what `member` asked for."""
        return max(0.0, self._again[member.name] - self._clock.monotonic())

    def failed(self, member: Member, failures: Sequence[Failure]) -> None:
        """What one round of calls to `member` came to, when it did not give all that was wanted."""
        told = [failure for failure in failures if isinstance(failure, UpstreamError)]
        for failure in told:
            forget_traces(failure)  # it is kept until the request ends, and would keep all that it saw
        self._again.pop(member.name, None)
        self._full = self._full or any(isinstance(failure, QueueFull) for failure in failures)
        if not told:  # full or down: no call was made
            self._unavailable.append(member.breaker.seconds_left)
            return
        self._rounds += 1
        self._failures += told
        self._is_final = any(is_final(failure, member) for failure in told)
        if all(_may_be_retried(failure, member) for failure in told):
            hint = max(failure.retry_after or 0.0 for failure in told)
            self._again[member.name] = self._clock.monotonic() + hint

    def verdict(self) -> GatewayError:
        """What the client is told when it is nobody's turn any more."""
        if self._failures:
            return verdict(self._failures)
        state = "too many requests are waiting for it" if self._full else "its backends are down"
        return Unavailable(
            f"No backend of this model is available: {state}", retry_after=min(self._unavailable, default=1)
        )


def is_final(error: BaseException | None, member: Member) -> bool:
    """Whether asking anybody again is pointless, or could be billed twice."""
    if error is None or isinstance(error, QueueFull | BreakerOpen):
        return False
    if not isinstance(error, UpstreamError):
        return True
    if error.outcome is Outcome.AMBIGUOUS:
        return not member.retries_ambiguous
    return error.outcome not in _FAILS_OVER


def _may_be_retried(failure: UpstreamError, member: Member) -> bool:
    return failure.outcome in _RETRIED or (failure.outcome is Outcome.AMBIGUOUS and member.retries_ambiguous)
