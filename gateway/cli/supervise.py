"""`serve` with `server.workers` above 1: the process that starts the others."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack

from gateway.cli.running import Given
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.listening import bound
from gateway.quotas.base import Quota
from gateway.quotas.bucket import TokenBucket
from gateway.quotas.token_quotas import DAY, MINUTE
from gateway.quotas.window import SlidingWindow
from gateway.server import address
from gateway.supervision.commons import Commons, Turns, Values
from gateway.supervision.supervisor import StartFailed, Supervisor
from gateway.tls import server_context

_WORKER = """
import json, sys
place = json.loads(sys.argv[1])
sys.path[:] = place["path"]
from gateway.collector import loading
with loading():
    from gateway.cli.worker import main
sys.exit(main(place))
"""
"""A fresh interpreter that finds modules where this one does, whatever lies in the folder it is started in."""


def supervise(given: Given, config: Config, announce: Callable[[str], None]) -> int:
    """Serve with several workers; the exit status.

    Raises:
        CannotListen
        ConfigError: the certificate cannot be used.
    """
    scheme = "https" if server_context(config.server.tls) is not None else "http"
    with ExitStack() as stack:
        main = [stack.enter_context(each) for each in bound(config.server.host, config.server.port)]
        metrics = [
            stack.enter_context(each)
            for each in (
                bound(config.server.host, config.metrics.port, "metrics.port")
                if config.metrics.port is not None
                else []
            )
        ]
        port = main[0].getsockname()[1]
        at = given._replace(host=config.server.host, port=port)

        async def start(number: int, channel: socket.socket) -> asyncio.subprocess.Process:
            return await _start(at, number, channel, main, metrics)

        async def run() -> int:
            supervisor = Supervisor(start, config.server.workers, config.server.drain_timeout, _commons(config))
            return await supervisor.run(lambda: announce(address(scheme, config.server.host, port)))

        try:
            return asyncio.run(run())
        except StartFailed as failed:
            return failed.status or 1


async def _start(
    given: Given, number: int, channel: socket.socket, main: list[socket.socket], metrics: list[socket.socket]
) -> asyncio.subprocess.Process:
    place = {
        "path": sys.path,
        "number": number,
        "channel": channel.fileno(),
        "main": [sock.fileno() for sock in main],
        "metrics": [sock.fileno() for sock in metrics],
        "config": None if given.path is None else str(given.path),
        "host": given.host,
        "port": given.port,
    }
    files = [channel.fileno(), *(sock.fileno() for sock in (*main, *metrics))]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _WORKER, json.dumps(place), stdin=asyncio.subprocess.DEVNULL, pass_fds=files
    )


def _commons(config: Config) -> Commons:
    clock = SystemClock()
    quotas: dict[str, Quota] = {"requests": TokenBucket(clock, MINUTE), "images": SlidingWindow(clock, DAY)}
    return Commons(Values(config.cache.max_size, clock), Turns(), quotas)
