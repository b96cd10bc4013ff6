"""Background work that is done again and again, at the latest after an interval."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from gateway.clock import Clock

_log = logging.getLogger(__name__)


class Periodic:
    """One task. A failure is logged and the work is tried again at its next turn."""

    def __init__(self, work: Callable[[], Awaitable[object]], *, interval: float, clock: Clock) -> None:
        """`interval` in seconds, from the end of one turn to the beginning of the next."""
        self._work = work
        self._interval = interval
        self._clock = clock
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, *, at_once: bool = False) -> None:
        """`at_once`: do not wait for the first interval."""
        if at_once:
            self._woken.set()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Do the work now, or once more when it is being done."""
        self._woken.set()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            await self._pause()
            try:
                await self._work()
            except Exception:  # noqa: BLE001 - background work outlives any one failure
                _log.exception("background work failed")

    async def _pause(self) -> None:
        waits = [
            asyncio.ensure_future(self._clock.sleep(self._interval)),
            asyncio.ensure_future(self._woken.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self._woken.clear()
