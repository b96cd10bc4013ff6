"""`serve`: run the gateway."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gateway.app import METRICS, make_app, reconfigure
from gateway.config import Config
from gateway.config_file import Loaded, load_with_sources
from gateway.exposure import warnings
from gateway.logs import event, set_up
from gateway.reload import Reload
from gateway.reloadable import Change
from gateway.server import serve
from gateway.upstreams import DRIVER_SETTINGS

_log = logging.getLogger("gateway.exposure")

HELP = "run the gateway (the command that is meant when none is named)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on, instead of server.host")
    parser.add_argument("--port", type=_port, help="port to listen on, instead of server.port; 0 picks a free one")


def run(options: argparse.Namespace, path: Path | None) -> int:
    read = partial(load_with_sources, path, DRIVER_SETTINGS)
    loaded = read()
    config = _with_options(loaded.config, options)
    set_up(config.log.level, config.log.format)
    app = make_app(config)
    said: set[str] = set()
    warn(config, loaded, said)

    async def apply(changed: Loaded) -> Change:
        wanted = _with_options(changed.config, options)
        change = await reconfigure(app, wanted)
        set_up(wanted.log.level, wanted.log.format)
        warn(wanted, changed, said)
        return change

    reload = Reload(loaded, read, apply, app[METRICS]) if path is not None else None
    try:
        with asyncio.Runner(loop_factory=_fastest_loop()) as runner:
            runner.run(serve(app, config, announce=lambda address: _announce(address, config, path), reload=reload))
    except OSError as error:
        sys.stderr.write(f"cannot serve at {config.server.host}:{config.server.port}: {error.strerror or error}\n")
        return 1
    return 0


def warn(config: Config, loaded: Loaded, said: set[str]) -> None:
    """Log what `config` lays open, but for what was `said` before."""
    for warning in warnings(config, loaded.sources):
        if warning not in said:
            event(_log, logging.WARNING, warning)
            said.add(warning)


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Uvloop where it exists: it takes a third off a small request. Elsewhere asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - an optional import, and only the server needs it
    except ImportError:
        return None
    loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return loop


def _with_options(config: Config, options: argparse.Namespace) -> Config:
    changed = {key: value for key in ("host", "port") if (value := getattr(options, key)) is not None}
    return config.model_copy(update={"server": config.server.model_copy(update=changed)})


def _announce(address: str, config: Config, path: Path | None) -> None:
    door = "open to all" if not config.auth.tokens else f"for {len(config.auth.tokens)} bearer token(s)"
    lines = [
        f"Nano Banana Gateway at {address} ({door})",
        f"  configuration: {path or 'built-in defaults'}",
        f"  upstreams: {', '.join(f'{name} ({keys.driver})' for name, keys in config.upstreams.items())}",
        f"  studio: {address}/",
        f"  guide: {address}/docs",
        f"  metrics: {_metrics_address(address, config)}",
        f"  try: {address}/v1/images/generations?prompt=A+golden+banana+at+sunset",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _metrics_address(address: str, config: Config) -> str:
    if not config.metrics.enabled:
        return "off"
    base = address if config.metrics.port is None else f"{address.rpartition(':')[0]}:{config.metrics.port}"
    return f"{base}/metrics"


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port there is
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port
