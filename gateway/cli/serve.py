"""`serve`: run the gateway."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from gateway.app import GENERATIONS, make_app
from gateway.cli.running import Given, fastest_loop, reloading, set_up_logs, warn
from gateway.config import Config
from gateway.config_file import Loaded
from gateway.greeting import hello, look
from gateway.server import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on, instead of server.host")
    parser.add_argument("--port", type=_port, help="port to listen on, instead of server.port; 0 picks a free one")


def run(options: argparse.Namespace, path: Path | None) -> int:
    given = Given(path, options.host, options.port)
    loaded = given.read()
    config = loaded.config
    set_up_logs(given, config)
    if config.server.workers > 1:
        from gateway.cli.supervise import supervise  # noqa: PLC0415 - one process needs none of it

        return supervise(given, config, partial(_announce, config=config, path=path))
    return _alone(given, loaded)


def _alone(given: Given, loaded: Loaded) -> int:
    config, said, looking = loaded.config, set[str](), set[asyncio.Task[None]]()
    app = make_app(config)
    warn(given, loaded, said)

    def announce(address: str) -> None:
        _announce(address, config, given.path)
        upstreams = app[GENERATIONS].today.backends.upstreams
        looking.add(asyncio.get_running_loop().create_task(look(config, upstreams, _say)))

    reload = reloading(app, given, loaded, said)
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(serve(app, config, announce=announce, reload=reload))
    return 0


def _announce(address: str, config: Config, path: Path | None) -> None:
    for line in hello(address, config, path):
        _say(line)


def _say(line: str) -> None:
    with suppress(OSError):  # whoever read it may have gone: `nano-banana-gateway | head`
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - the largest port there is
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port
