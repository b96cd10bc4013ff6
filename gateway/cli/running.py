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
    """What the command line says."""

    path: Path | None
    host: str | None = None
    port: int | None = None

    def read(self) -> Loaded:
        """The configuration as it is now, in which the command line has the last word; raises ConfigError."""
        config, sources = load_with_sources(self.path, DRIVER_SETTINGS)
        said = {key: value for key, value in (("host", self.host), ("port", self.port)) if value is not None}
        return Loaded(config.model_copy(update={"server": config.server.model_copy(update=said)}), sources)


def reloading(app: web.Application, given: Given, loaded: Loaded, said: set[str] | None = None) -> Reload | None:
    """What watches the files of `app`'s configuration; None where it has none.

    `said`: exposures that were warned of; None where somebody else warns.
    """

    async def apply(changed: Loaded) -> Change:
        change = await reconfigure(app, changed.config)
        set_up(changed.config.log.level, changed.config.log.format)
        if said is not None:
            warn(changed.config, changed, said)
        return change

    return Reload(loaded, given.read, apply, app[METRICS]) if given.path is not None else None


def warn(config: Config, loaded: Loaded, said: set[str]) -> None:
    """Log what `config` lays open, but for what was `said` before."""
    for warning in warnings(config, loaded.sources):
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
