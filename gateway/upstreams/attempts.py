"""What one request has cost so far, and whether anybody still waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.upstreams.base import NotSent


class Attempts:
    def __init__(self) -> None:
        self.count = 0
        """Calls made, of all kinds."""
        self.abandoned = False
        """Nobody waits any more: what was begun may be finished, but nothing new is begun."""
        self.made = False
        """Some pictures were made, and have to be paid for."""
        self.delivered = False
        """All the pictures are here. What is left to do costs nothing, and throwing them away would."""
        self._sent = 0
        self._finishing = 0

    @property
    def sent(self) -> bool:
        """Whether an upstream was asked, or may have been, so that a retry by the client may be billed again."""
        return self._sent > 0

    @property
    def worth_finishing(self) -> bool:
        """Whether there is work, under way or done, that is to be finished when the client goes away."""
        return self.delivered or self._finishing > 0

    @contextmanager
    def call(self, *, finish: bool) -> Iterator[None]:
        """Count one call. `finish`: it is finished even when nobody waits, and so is what came of it."""
        self.count += 1
        self._sent += 1
        self._finishing += finish
        try:
            yield
        except BaseException as error:
            self._sent -= isinstance(error, NotSent)
            self._finishing -= finish
            raise
