"""How often and how soon a backend is asked again: a budget against retry storms, and waits with jitter."""

from __future__ import annotations

import random

MOST_ATTEMPTS = 3
"""In all, for one picture, over all backends."""
SUCCESS_EARNS = 0.5
RETRY_COSTS = 1.0
FULL = 10.0
FIRST_WAIT = 0.5
"""Seconds below which the first wait lies; each later one may be twice as long."""


class RetryBudget:
    """Tokens of one backend: retries are paid for by successes, so that an outage is not multiplied."""

    def __init__(self) -> None:
        self._tokens = FULL

    def earn(self) -> None:
        self._tokens = min(FULL, self._tokens + SUCCESS_EARNS)

    def affords(self, calls: int) -> bool:
        return self._tokens >= calls * RETRY_COSTS

    def spend(self, calls: int) -> None:
        """Take the price of so many retries, which `affords` has allowed."""
        self._tokens -= calls * RETRY_COSTS


def jitter(retry: int, dice: random.Random) -> float:
    """Seconds to wait before the `retry`-th retry, from 1, on top of what the backend asked for.

    Anything from nothing upwards: clients that failed together come back apart.
    """
    return dice.uniform(0, FIRST_WAIT * 2 ** (retry - 1))
