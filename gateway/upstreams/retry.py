"""How often and how soon a backend is asked again: a budget against retry storms, and waits with jitter."""

from __future__ import annotations

import random

MOST_ATTEMPTS = 3
"""In all, for one picture, over all backends."""
SUCCESS_EARNS = 0.5
RETRY_COSTS = 1.0
FULL = 10.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0


class RetryBudget:
    """Tokens of one backend: retries are paid for by successes, so that an outage is not multiplied."""

    def __init__(self) -> None:
        self._tokens = FULL

    def earn(self) -> None:
        self._tokens = min(FULL, self._tokens + SUCCESS_EARNS)

    def spend(self) -> bool:
        """Take a retry's price; False, and nothing taken, when there is not enough."""
        if self._tokens < RETRY_COSTS:
            return False
        self._tokens -= RETRY_COSTS
        return True


def wait_before(retry: int, hint: float | None, dice: random.Random) -> float:
    """Seconds to wait before the `retry`-th retry, from 1; never less than the backend asked for."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (retry - 1))
    return (hint or 0.0) + dice.uniform(0, longest)
