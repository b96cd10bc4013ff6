"""Waits for a job that runs at a backend, and tells the backend to stop when nobody waits any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from gateway.clock import Clock
from gateway.logs import event
from gateway.upstreams.base import Ambiguous, NotSent, UpstreamError

GROWTH = 1.5
"""Each wait is this much longer than the one before: a quick job is seen quickly, a slow one costs few looks."""
MOST_MISSES = 5
"""Looks in a row that may get no answer. The job runs on meanwhile, so giving up at the first would waste it."""
LOOK_WITHIN = 15.0
"""Seconds that one look may take: it costs the backend nothing, so a slow one counts as lost."""
STOP_WITHIN = 2.0
"""Seconds that telling a backend to stop may take: whoever cancelled is waiting."""

_log = logging.getLogger("gateway.upstreams")
_Found = TypeVar("_Found")


async def poll(
    look: Callable[[], Awaitable[_Found | None]],
    *,
    clock: Clock,
    first: float,
    longest: float,
    within: float,
) -> _Found:
    """What `look` finds, asked at once and then again and again.

    `look` answers None for "not yet". It raises an outcome when the job has failed; only NotSent and Ambiguous
    mean that the look itself got lost, and are forgiven a few times in a row.

    Args:
        look: asks the backend once.
        clock: where the time comes from.
        first: seconds between the first look and the second.
        longest: seconds to which that wait grows.
        within: seconds for everything; the last look is made at the end of them.

    Raises:
        Ambiguous: the time is up, or the backend cannot be reached any more. The job may still run.
    """
    end = clock.monotonic() + within
    wait, misses = first, 0
    while True:
        left = end - clock.monotonic()
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                found = await look()
        except (NotSent, Ambiguous, TimeoutError) as error:
            misses += 1
            if misses >= MOST_MISSES:
                # Never NotSent: the job itself was sent, and sending it again could be billed again.
                raise Ambiguous(f"lost sight of the job: {error!r}") from error
        else:
            misses = 0
            if found is not None:
                return found
        if left <= 0:
            raise Ambiguous("the job did not end in time", timed_out=True)
        await clock.sleep(min(wait, left))
        wait = min(wait * GROWTH, longest)


@asynccontextmanager
async def stopping(
    stop: Callable[[], Coroutine[Any, Any, object]], *, within: float = STOP_WITHIN
) -> AsyncIterator[None]:
    """Call `stop` when the body is cancelled or runs out of time, for `within` seconds at most.

    The cancellation goes on afterwards. A second one does not cut the call short: it is bounded anyway.
    """
    try:
        yield
    except asyncio.CancelledError:
        await _shielded(_tried(stop, within))
        raise
    except Ambiguous as error:
        if error.timed_out:
            await _shielded(_tried(stop, within))
        raise


async def _tried(stop: Callable[[], Coroutine[Any, Any, object]], within: float) -> None:
    """What goes wrong here is told to the log alone: it must not hide why the work was stopped."""
    try:
        async with asyncio.timeout(within):
            await stop()
    except (UpstreamError, TimeoutError) as error:
        event(_log, logging.INFO, "job not stopped", cause=repr(error))


async def _shielded(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            continue
