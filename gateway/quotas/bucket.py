"""A rate: callers may use their limit at once, and get it back evenly over a period."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clock import Clock
from gateway.quotas.base import Balance, QuotaExceeded, Taken

_ROUNDING = 1e-9
"""Of a unit: who has waited exactly as long as they were told is not refused for the last bit of a float."""


@dataclass(slots=True)
class _Usage:
    amount: float = 0.0
    at: float = 0.0


class TokenBucket:
    """The usual choice for rates: a pause is rewarded by a burst, and nobody waits for the end of a window.

    Kept in memory, as how much is used rather than how much is left, so that a changed limit needs no conversion.
    """

    def __init__(self, clock: Clock, period: float) -> None:
        """`period`: seconds in which a whole limit comes back."""
        self._clock = clock
        self._period = period
        self._usages: dict[str, _Usage] = {}

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        usage = self._usage(caller, limit)
        excess = usage.amount + amount - limit
        if excess > _ROUNDING:
            enough_in = excess * self._period / limit if amount <= limit else self._period
            raise QuotaExceeded(self._balance(usage, limit), enough_in)
        usage.amount += amount
        return Taken(caller, amount, usage.at)

    async def give_back(self, taken: Taken) -> None:
        usage = self._usages[taken.caller]
        usage.amount = max(0.0, usage.amount - taken.amount)

    async def balance(self, caller: str, limit: int) -> Balance:
        return self._balance(self._usage(caller, limit), limit)

    def _usage(self, caller: str, limit: int) -> _Usage:
        """What `caller` has used and not got back by now."""
        now = self._clock.monotonic()
        usage = self._usages.setdefault(caller, _Usage(at=now))
        usage.amount = max(0.0, usage.amount - (now - usage.at) * limit / self._period)
        usage.at = now
        return usage

    def _balance(self, usage: _Usage, limit: int) -> Balance:
        return Balance(limit, max(0, int(limit - usage.amount + _ROUNDING)), usage.amount * self._period / limit)
