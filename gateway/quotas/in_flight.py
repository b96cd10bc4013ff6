"""How much is under way at a time, for each caller."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager


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
        if self._held.get(caller, 0) >= limit:
            raise TooManyInFlight
        return _Place(self._held, caller)


class _Place:
    """A class and no generator: every image request enters two of them."""

    __slots__ = ("_caller", "_held")

    def __init__(self, held: Counter[str], caller: str) -> None:
        self._held = held
        self._caller = caller

    def __enter__(self) -> None:
        self._held[self._caller] = self._held.get(self._caller, 0) + 1

    def __exit__(self, *_: object) -> None:
        self._held[self._caller] -= 1
