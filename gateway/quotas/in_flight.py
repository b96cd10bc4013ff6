"""How much is under way at a time, for each caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class TooManyInFlight(Exception):
    """As much is under way as may be."""


class InFlight:
    """Counts what this process works on. That ends with the process, so it is never kept anywhere else."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    def hold(self, caller: str, limit: int) -> AbstractContextManager[None]:
        """One of `limit` places, to be entered before anything else is awaited.

        Raises:
            TooManyInFlight: at once, when there is none.
        """
        if self._held[caller] >= limit:
            raise TooManyInFlight
        return self._place(caller)

    @contextmanager
    def _place(self, caller: str) -> Iterator[None]:
        self._held[caller] += 1
        try:
            yield
        finally:
            self._held[caller] -= 1
