"""Takes a changed configuration while the gateway serves: on SIGHUP, and when a file that it was read from changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from gateway.config_file import ConfigError, Loaded
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.reloadable import Change

INTERVAL = 3.0
"""Seconds between two looks at the files. Polling sees what notifications miss: network disks, swapped links."""

_log = logging.getLogger("gateway.reload")

Stamp: TypeAlias = tuple[int, int, int, int]


class Result(StrEnum):
    APPLIED = "applied"
    REFUSED = "refused"


class Reload:
    """Applies only what was read without a fault. Until then everything stays as it was."""

    def __init__(
        self,
        loaded: Loaded,
        read: Callable[[], Loaded],
        apply: Callable[[Loaded], Awaitable[Change]],
        metrics: Metrics,
        *,
        interval: float = INTERVAL,
    ) -> None:
        """
        Args:
            loaded: what the gateway was started with.
            read: reads it again, in a worker thread; raises ConfigError.
            apply: takes what can change while serving; raises ConfigError when it takes nothing.
            interval: seconds.
        """
        self._stamps = _stamps(loaded)
        self._read = read
        self._apply = apply
        # The series are there from the start, so that an alert has something to compare with.
        self._results = {result: metrics.config_reloads.labels(result) for result in Result}
        self._current = metrics.config_current
        self._interval = interval
        self._asked = asyncio.Event()
        self._faults: list[str] = []

    def ask(self) -> None:
        """Reload now, whether or not a file looks changed."""
        self._asked.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._asked.wait()
            await self.look()

    async def look(self) -> None:
        """Reload if a file has changed, if it was asked for, or if the last time failed."""
        asked = self._asked.is_set()
        self._asked.clear()
        if asked or self._faults or await asyncio.to_thread(_have_changed, self._stamps):
            await self._reload(asked=asked)

    async def _reload(self, *, asked: bool) -> None:
        try:
            loaded = await asyncio.to_thread(self._read)
            change = await self._apply(loaded)
        except ConfigError as error:
            self._refused(error.faults, asked=asked)
            return
        except Exception as error:  # noqa: BLE001 - whatever is wrong here, the gateway goes on with what it has
            faults = [f"{type(error).__name__}, which nobody has expected"]
            if faults != self._faults:
                _log.exception("the configuration could not be taken")
            self._refused(faults, asked=asked)
            return
        self._faults = []
        self._stamps = _stamps(loaded)
        self._results[Result.APPLIED].inc()
        self._current.set(1)
        waiting = {"needs_restart": ", ".join(change.needs_restart)} if change.needs_restart else {}
        event(_log, logging.INFO, "configuration reloaded", taken=", ".join(change.taken) or "nothing", **waiting)

    def _refused(self, faults: list[str], *, asked: bool) -> None:
        """The same faults again, found by looking again, are not news."""
        if faults == self._faults and not asked:
            return
        self._faults = faults
        self._results[Result.REFUSED].inc()
        self._current.set(0)
        event(_log, logging.WARNING, "configuration not reloaded, the old one stays", faults="; ".join(faults))


def _stamps(loaded: Loaded) -> dict[Path, Stamp | None]:
    return {source.path: _stamp(source.status) for source in loaded.sources}


def _have_changed(stamps: dict[Path, Stamp | None]) -> bool:
    return any(_stamp_at(path) != stamp for path, stamp in stamps.items())


def _stamp_at(path: Path) -> Stamp | None:
    try:
        return _stamp(path.stat())
    except OSError:
        return None  # reading it says why


def _stamp(status: os.stat_result) -> Stamp:
    """Changes with the content, also when a file of the same size and time takes its place."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
