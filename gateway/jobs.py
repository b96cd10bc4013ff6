"""Work that makes pictures: shared by all who ask for the same, and finished when it is paid for.

A job belongs to nobody who waits for it. When the last of them goes away it is cancelled, unless an upstream
is at work whose pictures cost money: then that work is finished and kept, so that asking again finds it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from gateway.answers import Answer
from gateway.concurrency import ended
from gateway.errors import GatewayError, KeyReused, Unavailable, forget_traces
from gateway.lifecycle import Deadline, DeadlinePassed, Lifecycle
from gateway.logs import event
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Progress, Report

_log = logging.getLogger("gateway.jobs")

Make: TypeAlias = Callable[["Job", Deadline], Coroutine[Any, Any, Answer]]
Known: TypeAlias = Callable[[], Awaitable[Answer | None]]
Keep: TypeAlias = Callable[[Answer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A client's own key for its request, and the digest of the request that it stands for."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who else may have the answer of a request: equal requests now, and those who ask again later."""

    key: str | None = None
    """Equal requests in flight have equal keys."""
    claim: Claim | None = None
    """Takes the place of `key` where there is one: the client says by itself what is the same request."""
    known: Known | None = None
    """Asked before any work is done: equal work may have ended since the request looked for it."""
    keep: tuple[Keep, ...] = ()
    """Given the answer before anybody who waits for it."""
    everywhere: bool = False
    """Whether `known` tells also what another replica has kept, so that its turn is worth waiting for."""


class Turns(Protocol):
    """Lets one process at a time work on what is called the same."""

    def turn(self, name: str) -> AbstractAsyncContextManager[None]:
        """Enter when nobody else is inside; waits as long as that takes."""


class OwnTurns:
    """For one process, whose equal requests are one piece of work already."""

    def turn(self, name: str) -> AbstractAsyncContextManager[None]:  # noqa: ARG002 - the protocol's
        return nullcontext()


class Job:
    """One piece of work under way."""

    def __init__(self, claim: Claim | None, end: float) -> None:
        self.attempts = Attempts()
        self.claim = claim
        self.end = end
        """Of its time, in that of the event loop."""
        self.deadline: Deadline | None = None
        """None until the work has begun."""
        self._task: asyncio.Task[Answer]
        self._listeners: list[Report] = []
        self._waiting = 0

    def begin(self, work: Coroutine[Any, Any, Answer], *, done: Callable[[], None]) -> None:
        def ended(task: asyncio.Task[Answer]) -> None:
            done()
            error = None if task.cancelled() else task.exception()  # whoever waits sees it; else it was logged
            if isinstance(error, GatewayError):
                forget_traces(error)

        self._task = asyncio.create_task(work)
        self._task.add_done_callback(ended)

    def when_done(self, call: Callable[[], None]) -> None:
        """Have `call` made once the work has ended, however it ends."""
        self._task.add_done_callback(lambda _: call())

    @property
    def is_ending(self) -> bool:
        """Cancelled, though its clean-up may still run."""
        return self._task.done() or self._task.cancelling() > 0

    def report(self, progress: Progress) -> None:
        for listener in self._listeners:
            listener(progress)

    async def result(self, listener: Report) -> Answer:
        """The answer, or the error that ended the work; `listener` is told of progress meanwhile.

        Raises:
            GatewayError: what ended the work. Unavailable when it was cancelled in the moment of joining it.
        """
        self._listeners.append(listener)
        self._waiting += 1
        self.attempts.abandoned = False
        try:
            await ended(self._task)
        finally:
            self._listeners.remove(listener)
            self._waiting -= 1
            if self._waiting == 0 and not self._task.done():
                self._abandon()
        if self._task.cancelled():
            raise Unavailable("The work was stopped", retry_after=1)
        return self._task.result()

    def _abandon(self) -> None:
        self.attempts.abandoned = True
        if not self.attempts.worth_finishing:
            self._task.cancel()


class Jobs:
    def __init__(self, lifecycle: Lifecycle, turns: Turns | None = None) -> None:
        self._lifecycle = lifecycle
        self._turns = turns or OwnTurns()
        self._running: dict[str, Job] = {}

    def join(self, sharing: Sharing, end: float) -> Job | None:
        """The work under way for an equal request, if there is any; it may then go on until `end`.

        Raises:
            KeyReused: the client's key stands for another request.
        """
        job = self._running.get(_name(sharing))
        if job is None or job.is_ending:
            return None
        if job.claim != sharing.claim:
            raise KeyReused
        job.end = max(job.end, end)
        if job.deadline is not None:
            job.deadline.extend(end)
        return job

    def start(self, sharing: Sharing, end: float, make: Make) -> Job:
        """Begin work that `join` finds until it has ended, at `end` in the time of the event loop at the latest."""
        job, name = Job(sharing.claim, end), _name(sharing)

        def forget() -> None:
            if self._running.get(name) is job:
                del self._running[name]

        if name:
            self._running[name] = job
        job.begin(self._run(job, make, sharing), done=forget)
        return job

    async def _run(self, job: Job, make: Make, sharing: Sharing) -> Answer:
        self._lifecycle.requests += 1
        try:
            if not sharing.everywhere:
                return await self._answer(job, make, sharing)
            async with AsyncExitStack() as turn:
                return await self._answer(job, make, sharing, turn)
        except Exception as error:
            if job.attempts.abandoned:
                _tell_of_failure(error)
            raise
        finally:
            self._lifecycle.requests -= 1

    async def _answer(self, job: Job, make: Make, sharing: Sharing, turn: AsyncExitStack | None = None) -> Answer:
        """One deadline for all that is waited for, so that whoever joins can move it; what is made is kept without."""
        try:
            with self._lifecycle.deadline(job.end) as job.deadline:
                if turn is not None:
                    await turn.enter_async_context(self._turns.turn(_name(sharing)))
                known = await sharing.known() if sharing.known else None
                if known is not None:
                    return known
                answer = await make(job, job.deadline)
        except DeadlinePassed as passed:
            raise passed.deadline.error(sent=job.attempts.sent) from None
        if job.attempts.abandoned:
            event(_log, logging.INFO, "work that nobody waited for is finished", images=len(answer.images))
        return await self._kept(answer, sharing)

    async def _kept(self, answer: Answer, sharing: Sharing) -> Answer:
        for hook in sharing.keep:
            await hook(answer)
        return answer


def _name(sharing: Sharing) -> str:
    """Under which work is found; empty when it is shared with nobody."""
    if sharing.claim is not None:
        return f"claim {sharing.claim.key}"
    return f"equal {sharing.key}" if sharing.key else ""


def _tell_of_failure(error: Exception) -> None:
    """Nobody else will: the client that would have been told has gone."""
    if isinstance(error, GatewayError):
        event(_log, logging.INFO, "work that nobody waited for has failed", label=error.label)
    else:
        _log.error("work that nobody waited for has failed", exc_info=error)
