"""Starting, ready, draining: what the process is doing, and the deadlines that end with it."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum

from gateway.errors import GatewayError, PollingTimeout, Unavailable
from gateway.logs import event

_log = logging.getLogger("gateway.lifecycle")


class Phase(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


class Deadline:
    """The end of one request's time, be it its own or the process's."""

    def __init__(self, scope: asyncio.Timeout, lifecycle: Lifecycle) -> None:
        self._scope = scope
        self._lifecycle = lifecycle

    @property
    def expired(self) -> bool:
        return self._scope.expired()

    @property
    def seconds_left(self) -> float:
        when = self._scope.when()
        return math.inf if when is None else max(0.0, when - asyncio.get_running_loop().time())

    def error(self, *, sent: bool) -> GatewayError:
        """What the client is told once the time is over. `sent`: an upstream was asked, which may be billed."""
        if self._lifecycle.has_cut:
            return Unavailable("The gateway is shutting down")
        return PollingTimeout(sent=sent)


class DeadlinePassed(Exception):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__("the deadline has passed")
        self.deadline = deadline


class Lifecycle:
    """Knows the phase, how many requests are under way, and the deadlines of those that make pictures."""

    def __init__(self) -> None:
        self.phase = Phase.STARTING
        self.has_cut = False
        self.requests = 0
        """Requests under way, of every kind."""
        self._deadlines: set[asyncio.Timeout] = set()

    def ready(self) -> None:
        self.phase = Phase.READY

    def drain(self) -> None:
        self.phase = Phase.DRAINING

    @contextmanager
    def under_way(self) -> Iterator[None]:
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    def cut(self) -> None:
        """Drain time is over: whatever still runs is answered 503 now."""
        self.has_cut = True
        if self.requests:
            event(_log, logging.WARNING, "requests cut off at the end of drain_timeout", requests=self.requests)
        for scope in self._deadlines:
            scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def deadline(self, seconds: float) -> AsyncIterator[Deadline]:
        """Run what is inside for at most `seconds`.

        Raises:
            DeadlinePassed: the time, or that of the process, is over.
        """
        scope = asyncio.timeout(seconds)
        deadline = Deadline(scope, self)
        try:
            async with scope:
                self._deadlines.add(scope)
                try:
                    yield deadline
                finally:
                    self._deadlines.discard(scope)
        except TimeoutError:
            if not scope.expired():
                raise
            raise DeadlinePassed(deadline) from None
