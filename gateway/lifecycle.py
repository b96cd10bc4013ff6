"""Starting, ready, draining: what the process is doing, and the deadlines that end with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
        self.sent = False
        """Whether an upstream was asked, so that a retry by the client would be billed again."""

    @property
    def expired(self) -> bool:
        return self._scope.expired()

    def error(self) -> GatewayError:
        """What the client is told once the time is over."""
        if self._lifecycle.has_cut:
            return Unavailable("The gateway is shutting down")
        return PollingTimeout(sent=self.sent)


class Lifecycle:
    """Knows the phase, and every image request under way by its deadline."""

    def __init__(self) -> None:
        self.phase = Phase.STARTING
        self.has_cut = False
        self._running: set[asyncio.Timeout] = set()

    def ready(self) -> None:
        self.phase = Phase.READY

    def drain(self) -> None:
        self.phase = Phase.DRAINING

    @property
    def requests(self) -> int:
        """Image requests under way."""
        return len(self._running)

    def cut(self) -> None:
        """Drain time is over: whatever still runs is answered 503 now."""
        self.has_cut = True
        if self._running:
            event(_log, logging.WARNING, "requests cut off at the end of drain_timeout", requests=self.requests)
        for scope in self._running:
            scope.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def deadline(self, seconds: float) -> AsyncIterator[Deadline]:
        """Run what is inside for at most `seconds`; when that is over, raise the deadline's error."""
        scope = asyncio.timeout(seconds)
        deadline = Deadline(scope, self)
        try:
            async with scope:
                self._running.add(scope)
                try:
                    yield deadline
                finally:
                    self._running.discard(scope)
        except TimeoutError:
            if not scope.expired():
                raise
            raise deadline.error() from None
