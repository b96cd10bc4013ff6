"""What one request has cost so far, and whether anybody still waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Attempts:
    def __init__(self) -> None:
        self.count = 0
        """Calls made, of all kinds."""
        self.abandoned = False
        """Nobody waits any more: what runs may be finished, but nothing new is begun."""
        self._finishing = 0

    @property
    def sent(self) -> bool:
        """Whether an upstream was asked, so that a retry by the client may be billed again."""
        return self.count > 0

    @property
    def worth_finishing(self) -> bool:
        """Whether a call is under way whose work is to be finished when the client goes away."""
        return self._finishing > 0

    @contextmanager
    def call(self, *, finish: bool) -> Iterator[None]:
        self.count += 1
        self._finishing += finish
        try:
            yield
        finally:
            self._finishing -= finish
