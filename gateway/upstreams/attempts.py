"""What one request has cost so far, and whether anybody still waits for it."""

from __future__ import annotations

from contextlib import AbstractContextManager

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

    def call(self, *, finish: bool) -> AbstractContextManager[None]:
        """Count one call. `finish`: it is finished even when nobody waits, and so is what came of it."""
        return _Call(self, finish=finish)

    def began(self, *, finish: bool) -> None:
        self.count += 1
        self._sent += 1
        self._finishing += finish

    def failed(self, error: BaseException, *, finish: bool) -> None:
        self._sent -= isinstance(error, NotSent)
        self._finishing -= finish


class _Call:
    __slots__ = ("_attempts", "_finish")

    def __init__(self, attempts: Attempts, *, finish: bool) -> None:
        self._attempts = attempts
        self._finish = finish

    def __enter__(self) -> None:
        self._attempts.began(finish=self._finish)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is not None:
            self._attempts.failed(error, finish=self._finish)
