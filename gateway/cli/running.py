"""What serving takes, in one process or in several."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from gateway.app import METRICS, reconfigure
from gateway.config import Config
from gateway.config_file import Loaded, load_with_sources
from gateway.exposure import warnings
from gateway.logs import event, set_up
from gateway.reload import Reload
from gateway.reloadable import Change
from gateway.upstreams import DRIVER_SETTINGS

_log = logging.getLogger("gateway.exposure")


class Given(NamedTuple):
    """What the command line says, or who has started this process."""

    path: Path | None
    host: str | None = None
    port: int | None = None
    worker: int | None = None
    """Which one this is, from 1; None where there is but one process."""

    def read(self) -> Loaded:
        """The configuration as it is now, in which the command line has the last word; raises ConfigError."""
        config, sources = load_with_sources(self.path, DRIVER_SETTINGS)
        said = {key: value for key, value in (("host", self.host), ("port", self.port)) if value is not None}
        return Loaded(config.model_copy(update={"server": config.server.model_copy(update=said)}), sources)


def set_up_logs(given: Given, config: Config) -> None:
    set_up(config.log.level, config.log.format, given.worker)


def reloading(app: web.Application, given: Given, loaded: Loaded, said: set[str]) -> Reload | None:
    """What watches the files of `app`'s configuration; None where it has none. `said`: see `warn`."""

    async def apply(changed: Loaded) -> Change:
        change = await reconfigure(app, changed.config)
        set_up_logs(given, changed.config)
        warn(given, changed, said)
        return change

    return Reload(loaded, given.read, apply, app[METRICS]) if given.path is not None else None


def warn(given: Given, loaded: Loaded, said: set[str]) -> None:
    """Log what a configuration lays open, but for what was `said` before. One of several workers speaks for all."""
    if given.worker not in {None, 1}:
        return
    for warning in warnings(loaded.config, loaded.sources):
        if warning not in said:
            event(_log, logging.WARNING, warning)
            said.add(warning)


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where it exists: it takes a third off a small request. Elsewhere asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - an optional import, and only the server needs it
    except ImportError:
        return None
    loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return loop
