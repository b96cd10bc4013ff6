"""`serve`: run the gateway."""

from __future__ import annotations

import argparse
import asyncio
import sys
from functools import partial
from pathlib import Path

from gateway.app import make_app
from gateway.cli.running import Given, fastest_loop, reloading, set_up_logs, warn
from gateway.cli.supervise import supervise
from gateway.config import Config
from gateway.config_file import Loaded
from gateway.server import serve

HELP = "run the gateway (the command that is meant when none is named)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on, instead of server.host")
    parser.add_argument("--port", type=_port, help="port to listen on, instead of server.port; 0 picks a free one")


def run(options: argparse.Namespace, path: Path | None) -> int:
    given = Given(path, options.host, options.port)
    loaded = given.read()
    config = loaded.config
    set_up_logs(given, config)
    if config.server.workers > 1:
        return supervise(given, config, partial(_announce, config=config, path=path))
    return _alone(given, loaded)


def _alone(given: Given, loaded: Loaded) -> int:
    config, said = loaded.config, set[str]()
    app = make_app(config)
    warn(given, loaded, said)
    announce, reload = partial(_announce, config=config, path=given.path), reloading(app, given, loaded, said)
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(serve(app, config, announce=announce, reload=reload))
    return 0


def _announce(address: str, config: Config, path: Path | None) -> None:
    door = "open to all" if not config.auth.tokens else f"for {len(config.auth.tokens)} bearer token(s)"
    lines = [
        f"Nano Banana Gateway at {address} ({door})",
        f"  configuration: {path or 'built-in defaults'}",
        *_workers(config),
        f"  upstreams: {', '.join(f'{name} ({keys.driver})' for name, keys in config.upstreams.items())}",
        f"  studio: {address}/",
        f"  guide: {address}/docs",
        f"  metrics: {_metrics_address(address, config)}",
        f"  try: {address}/v1/images/generations?prompt=A+golden+banana+at+sunset",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _workers(config: Config) -> list[str]:
    """What several workers are not to be asked about one another is said where they are started."""
    if config.server.workers == 1:
        return []
    return [f"  workers: {config.server.workers}, each with its own upstream concurrency, queues, breakers and memory"]


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
