"""The contract of a quota: it lends out what a caller may use, and takes back what was not used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Balance(NamedTuple):
    limit: int
    remaining: int
    """Whole units that could be taken now."""
    reset: float
    """Seconds until all of `limit` is there again, if nothing more is taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt: what was taken, by whom and when, for giving it back."""

    caller: str
    amount: int
    at: float
    """Time of the quota's own clock."""


class QuotaExceeded(Exception):
    """Nothing was taken: there is not enough left."""

    def __init__(self, balance: Balance, retry_after: float) -> None:
        """`retry_after`: seconds until there is enough; a whole period when the limit itself is not enough."""
        super().__init__(f"{balance.remaining} of {balance.limit} left")
        self.balance = balance
        self.retry_after = retry_after


class Quota(Protocol):
    """Counts what each caller uses. The limit comes with every question, so it may change while usage is counted.

    Asynchronous, so that several processes can keep one count somewhere else.
    """

    async def take(self, caller: str, amount: int, limit: int) -> Taken:
        """Use up `amount`, all of it or nothing.

        Raises:
            QuotaExceeded: less than `amount` is left.
        """

    async def give_back(self, taken: Taken) -> None:
        """Undo a `take`, at most once."""

    async def balance(self, caller: str, limit: int) -> Balance: ...
