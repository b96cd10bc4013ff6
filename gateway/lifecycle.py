"""Starting, ready, draining: what the process is doing, and the deadlines that end with it."""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum
from typing import Any, Self

from gateway.errors import GatewayError, PollingTimeout, Unavailable
from gateway.logs import event

GRAIN = 0.005
"""Seconds by which two timers for one moment may be apart: an event loop counts in milliseconds."""

_log = logging.getLogger("gateway.lifecycle")


class Phase(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"


class Deadline:
    """The end of one request's time, be it its own or the process's: what is inside is cancelled then.

    Works like `asyncio.timeout_at`, of which it is the part that every image request needs twice.

    Raises:
        DeadlinePassed: the time, or that of the process, is over.
    """

    __slots__ = ("_cancelled_before", "_lifecycle", "_task", "_timer", "end", "expired")

    def __init__(self, lifecycle: Lifecycle, end: float) -> None:
        self.end = end
        """In the time of the event loop."""
        self.expired = False
        self._lifecycle = lifecycle
        self._task: asyncio.Task[Any]
        self._timer: asyncio.TimerHandle

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("only a task can be ended")
        self._task, self._cancelled_before = task, task.cancelling()
        self._timer = self._lifecycle.watch(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._lifecycle.forget(self)
        self._timer.cancel()
        if not self.expired:
            return
        ours_alone = self._task.uncancel() <= self._cancelled_before  # else somebody else ended it too, and for good
        if ours_alone and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise DeadlinePassed(self) from None

    @property
    def is_over(self) -> bool:
        """Also in the moment before: of two deadlines with one end, either may be the first to say so."""
        return self.expired or self.seconds_left < GRAIN

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.end - asyncio.get_running_loop().time())

    def extend(self, end: float) -> None:
        """Let the work go on until `end`, because somebody waits for it who has the time."""
        if end > self.end and not self._lifecycle.has_cut:
            self._lifecycle.move(self, end)

    def move(self, end: float) -> None:
        """For the lifecycle, which knows whether it may still be moved."""
        self.end = end
        self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(end, self.expire)

    def expire(self) -> None:
        self.expired = True
        self._task.cancel()

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
        self._deadlines: set[Deadline] = set()

    def ready(self) -> None:
        self.phase = Phase.READY

    def drain(self) -> None:
        self.phase = Phase.DRAINING

    def cut(self) -> None:
        """Drain time is over: whatever still runs is answered 503 now, and so is what comes after."""
        self.has_cut = True
        if self.requests:
            event(_log, logging.WARNING, "work cut off at the end of drain_timeout", under_way=self.requests)
        now = asyncio.get_running_loop().time() if self._deadlines else 0.0
        for deadline in self._deadlines:
            self.move(deadline, now)

    def deadline(self, end: float) -> Deadline:
        """To run what is inside until `end` at most, in the time of the event loop."""
        return Deadline(self, end)

    def watch(self, deadline: Deadline) -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        if self.has_cut:
            deadline.end = loop.time()
        self._deadlines.add(deadline)
        return loop.call_at(deadline.end, deadline.expire)

    def forget(self, deadline: Deadline) -> None:
        self._deadlines.discard(deadline)

    def move(self, deadline: Deadline, end: float) -> None:
        """One that has expired stays so: its work is being cleaned up already."""
        if deadline in self._deadlines and not deadline.expired:
            deadline.move(end)
