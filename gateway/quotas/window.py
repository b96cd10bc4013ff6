"""An allowance: never more than the limit within any period, wherever the period is laid."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from gateway.clock import Clock
from gateway.quotas.base import Balance, QuotaExceeded, Taken

SLOTS = 1440
"""How finely a period is kept: a day by the minute."""


@dataclass(slots=True)
class _Slot:
    """What was taken in a short while, counted from its end."""

    number: int
    amount: int = 0


@dataclass(slots=True)
class _Usage:
    slots: deque[_Slot] = field(default_factory=deque)
    """Oldest first, none of them empty."""
    amount: int = 0
    """Of all slots together."""


class SlidingWindow:
    """For what costs money: a bucket of the same size could be emptied twice in one period, a window cannot.

    Kept in memory, by the slot and not by the call, so that no caller's history grows without bound.
    """

    def __init__(self, clock: Clock, period: float) -> None:
        """`period` in seconds."""
        self._clock = clock
        self._period = period
        self._slot = period / SLOTS
        self._usages: dict[str, _Usage] = {}

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        usage = self._usage(caller)
        excess = usage.amount + amount - limit
        if excess > 0:
            enough_in = self._seconds_until(usage, excess) if amount <= limit else self._period
            raise QuotaExceeded(self._balance(usage, limit), enough_in)
        now = self._clock.monotonic()
        number = int(now / self._slot)
        if not usage.slots or usage.slots[-1].number != number:
            usage.slots.append(_Slot(number))
        usage.slots[-1].amount += amount
        usage.amount += amount
        return Taken(caller, amount, now)

    async def give_back(self, taken: Taken) -> None:
        usage = self._usage(taken.caller)
        number = int(taken.at / self._slot)
        slot = next((slot for slot in usage.slots if slot.number == number), None)
        if slot is None:
            return  # forgotten meanwhile
        slot.amount -= taken.amount
        usage.amount -= taken.amount
        if slot.amount == 0:
            usage.slots.remove(slot)

    async def balance(self, caller: str, limit: int) -> Balance:
        return self._balance(self._usage(caller), limit)

    def _usage(self, caller: str) -> _Usage:
        usage = self._usages.setdefault(caller, _Usage())
        while usage.slots and self._seconds_left(usage.slots[0]) <= 0:
            usage.amount -= usage.slots.popleft().amount
        return usage

    def _balance(self, usage: _Usage, limit: int) -> Balance:
        reset = self._seconds_left(usage.slots[-1]) if usage.slots else 0.0
        return Balance(limit, max(0, limit - usage.amount), reset)

    def _seconds_until(self, usage: _Usage, amount: int) -> float:
        """Seconds until `amount` of what was taken is forgotten."""
        forgotten = 0
        for slot in usage.slots:
            forgotten += slot.amount
            if forgotten >= amount:
                return self._seconds_left(slot)
        return 0.0

    def _seconds_left(self, slot: _Slot) -> float:
        """Until even the last that was taken in `slot` is a period old."""
        return (slot.number + 1 + SLOTS) * self._slot - self._clock.monotonic()
