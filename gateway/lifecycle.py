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
    def end(self) -> float:
        """In the time of the event loop."""
        when = self._scope.when()
        return math.inf if when is None else when

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.end - asyncio.get_running_loop().time())

    def extend(self, end: float) -> None:
        """Let the work go on until `end`, because somebody waits for it who has the time."""
        if end > self.end and not self._lifecycle.has_cut:
            self._lifecycle.move(self._scope, end)

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
    """Knows the phase, how much is under way, and the deadlines of the work that makes pictures."""

    def __init__(self) -> None:
        self.phase = Phase.STARTING
        self.has_cut = False
        self.requests = 0
        """Requests under way, of every kind, and the pictures being made for them or for nobody any more."""
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
        """Drain time is over: whatever still runs is answered 503 now, and so is what comes after."""
        self.has_cut = True
        if self.requests:
            event(_log, logging.WARNING, "requests cut off at the end of drain_timeout", requests=self.requests)
        for scope in self._deadlines:
            self.move(scope, asyncio.get_running_loop().time())

    def move(self, scope: asyncio.Timeout, end: float) -> None:
        """One that has expired stays so: its work is being cleaned up already."""
        if scope in self._deadlines and not scope.expired():
            scope.reschedule(end)

    @asynccontextmanager
    async def deadline(self, end: float) -> AsyncIterator[Deadline]:
        """Run what is inside until `end` at most, in the time of the event loop.

        Raises:
            DeadlinePassed: the time, or that of the process, is over.
        """
        scope = asyncio.timeout_at(asyncio.get_running_loop().time() if self.has_cut else end)
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
