"""Work that makes pictures: shared by all who ask for the same, and finished when it is paid for.

A job belongs to nobody who waits for it. When the last of them goes away it is cancelled, unless an upstream
is at work whose pictures cost money: then that work is finished and kept, so that asking again finds it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from gateway.answers import Answer
from gateway.errors import GatewayError, KeyReused
from gateway.lifecycle import Deadline, DeadlinePassed, Lifecycle
from gateway.logs import event
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Progress, Report

_log = logging.getLogger("gateway.jobs")

Make: TypeAlias = Callable[["Job", Deadline], Coroutine[Any, Any, Answer]]
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
    keep: tuple[Keep, ...] = ()
    """Given the answer before anybody who waits for it."""


class Job:
    """One piece of work under way."""

    def __init__(self, claim: Claim | None) -> None:
        self.attempts = Attempts()
        self.claim = claim
        self._task: asyncio.Task[Answer]
        self._listeners: list[Report] = []
        self._waiting = 0

    def begin(self, work: Coroutine[Any, Any, Answer], *, done: Callable[[], None]) -> None:
        def ended(task: asyncio.Task[Answer]) -> None:
            done()
            if not task.cancelled():
                task.exception()  # whoever waits sees it; where nobody does it was logged

        self._task = asyncio.create_task(work)
        self._task.add_done_callback(ended)

    @property
    def is_ending(self) -> bool:
        """Cancelled, though its clean-up may still run."""
        return self._task.done() or self._task.cancelling() > 0

    def report(self, progress: Progress) -> None:
        for listener in self._listeners:
            listener(progress)

    async def result(self, listener: Report) -> Answer:
        """The answer, or the error that ended the work; `listener` is told of progress meanwhile."""
        self._listeners.append(listener)
        self._waiting += 1
        self.attempts.abandoned = False
        try:
            await asyncio.wait([self._task])
        finally:
            self._listeners.remove(listener)
            self._waiting -= 1
            if self._waiting == 0 and not self._task.done():
                self._abandon()
        return self._task.result()

    def _abandon(self) -> None:
        self.attempts.abandoned = True
        if not self.attempts.worth_finishing:
            self._task.cancel()


class Jobs:
    def __init__(self, lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._running: dict[str, Job] = {}

    def join(self, sharing: Sharing) -> Job | None:
        """The work under way for an equal request, if there is any.

        Raises:
            KeyReused: the client's key stands for another request.
        """
        for key in _keys(sharing):
            job = self._running.get(key)
            if job is None or job.is_ending:
                continue
            if sharing.claim and job.claim and job.claim.key == sharing.claim.key and job.claim != sharing.claim:
                raise KeyReused
            return job
        return None

    def start(self, sharing: Sharing, seconds: float, make: Make) -> Job:
        """Begin work that `join` finds until it has ended, for at most `seconds`."""
        job = Job(sharing.claim)
        keys = _keys(sharing)
        for key in keys:
            self._running[key] = job

        def forget() -> None:
            for key in keys:
                if self._running.get(key) is job:
                    del self._running[key]

        job.begin(self._run(job, seconds, make, sharing.keep), done=forget)
        return job

    async def _run(self, job: Job, seconds: float, make: Make, keep: tuple[Keep, ...]) -> Answer:
        with self._lifecycle.under_way():
            try:
                async with self._lifecycle.deadline(seconds) as deadline:
                    answer = await make(job, deadline)
            except DeadlinePassed as passed:
                raise passed.deadline.error(sent=job.attempts.sent) from None
            except GatewayError as error:
                if job.attempts.abandoned:
                    event(_log, logging.INFO, "work that nobody waited for has failed", label=error.label)
                raise
            if job.attempts.abandoned:
                event(_log, logging.INFO, "work that nobody waited for is finished", images=len(answer.images))
            for hook in keep:
                await hook(answer)
            return answer


def _keys(sharing: Sharing) -> list[str]:
    claimed = [f"claim {sharing.claim.key}"] if sharing.claim else []
    return claimed + ([f"equal {sharing.key}"] if sharing.key else [])
