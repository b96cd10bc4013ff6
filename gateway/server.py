"""The running process: listen, say where, drain on SIGTERM, exit 0."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

from aiohttp import web

from gateway import collector
from gateway.allocator import limit_memory
from gateway.app import GENERATIONS, LIFECYCLE, METRICS, METRICS_HANDLER
from gateway.config import Config, ServerConfig
from gateway.connections import ConnectionLimits, Runner
from gateway.lifecycle import Lifecycle
from gateway.listening import naming
from gateway.logs import event
from gateway.middleware.allowed_hosts import allowed_hosts
from gateway.middleware.anonymity import hide_server
from gateway.middleware.errors import errors
from gateway.middleware.headers import written
from gateway.middleware.links import for_application
from gateway.origin import Origin
from gateway.reload import Reload
from gateway.tls import server_context

LAST_ARRIVALS = 0.2
"""Seconds for the requests of connections that were accepted last, which may not have been read yet."""
LAST_WORDS = 1
"""Seconds for the 503 of requests that were cut off to leave."""
MOST_FILES = 65536
"""Open at a time, where the system grants them: connections, uploads on disk, and what goes to backends."""
POLL = 0.02
"""Seconds between two looks at whether draining is done."""

_log = logging.getLogger("gateway.server")


class Ending:
    """Asked once the process drains, asked again it ends at once."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self.by_hand = False
        """Somebody sits before it, and no balancer has to look away."""

    def ask(self, *, by_hand: bool = False) -> None:
        if self.first.is_set():
            self.second.set()
        self.by_hand = by_hand
        self.first.set()


class Sockets(NamedTuple):
    """Bound by who has started this process, in place of the configured addresses."""

    main: Sequence[socket.socket]
    metrics: Sequence[socket.socket] = ()


async def serve(
    app: web.Application,
    config: Config,
    *,
    announce: Callable[[str], None],
    reload: Reload | None = None,
    ending: Ending | None = None,
    sockets: Sockets | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. `announce` is given the address once it answers.

    `reload` watches meanwhile, and is asked by SIGHUP. `ending` takes the place of the two signals.

    Raises:
        CannotListen
        ConfigError: the certificate cannot be used, or something else that is needed from the start.
    """
    limit_memory()  # while no thread has asked for memory yet
    ending, tls = ending or _by_signals(), server_context(config.server.tls)
    host, limits = config.server.host, connection_limits(config.server)
    main, metrics = sockets or ((), ())
    async with listening(app, host, config.server.port, limits, tls, main) as site, AsyncExitStack() as stack:
        if config.metrics.port is not None and METRICS_HANDLER in app:
            await stack.enter_async_context(
                listening(
                    _metrics_app(app, config.server),
                    host,
                    config.metrics.port,
                    limits,
                    tls,
                    metrics,
                    key="metrics.port",
                )
            )
        if reload is not None:
            await stack.enter_async_context(_watching(reload))
        collector.settle()
        announce(site.address)
        await ending.first.wait()
        await _drain(app[LIFECYCLE], site, app[GENERATIONS].today.config.server, ending)
    event(_log, logging.INFO, "stopped")


def address(scheme: str, host: str, port: int) -> str:
    """Under which a client on this machine reaches who listens there, without a slash at the end."""
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"{scheme}://{f'[{named}]' if ':' in named else named}:{port}"


class Site:
    """A running server."""

    def __init__(self, runner: Runner, host: str, scheme: str = "http") -> None:
        self._runner = runner
        self._host = host
        self._scheme = scheme

    @property
    def address(self) -> str:
        bound: Any = self._runner.addresses[0]
        return address(self._scheme, self._host, bound[1])

    @property
    def is_answering(self) -> bool:
        """Whether any client still waits for the rest of its answer."""
        return self._runner.is_answering

    async def stop_accepting(self) -> None:
        for site in list(self._runner.sites):
            await site.stop()


@asynccontextmanager
async def listening(
    app: web.Application,
    host: str,
    port: int,
    limits: ConnectionLimits | None = None,
    tls: ssl.SSLContext | None = None,
    sockets: Sequence[socket.socket] = (),
    *,
    key: str = "server.port",
) -> AsyncIterator[Site]:
    """Run `app` as the gateway is run; port 0 picks a free one. `sockets` are bound already.

    Raises:
        CannotListen: names `key` where the port is at fault.
    """
    runner = Runner(app, limits or ConnectionLimits())
    try:
        await runner.setup()
        async with runner.watched():
            for bound in sockets:
                await web.SockSite(runner, bound, ssl_context=tls).start()
            if not sockets:
                with naming(host, port, key):
                    await web.TCPSite(runner, host, port, ssl_context=tls, reuse_address=True).start()
            yield Site(runner, host, "https" if tls is not None else "http")
    finally:
        await runner.cleanup()


def connection_limits(config: ServerConfig) -> ConnectionLimits:
    """As configured, yet never more connections than half of the files that this process may open."""
    most = min(config.max_connections, _open_files() // 2)
    if most < config.max_connections:
        event(_log, logging.WARNING, "fewer connections than configured: raise the limit of open files", most=most)
    return ConnectionLimits(most, config.head_timeout, config.write_timeout, config.idle_timeout)


def _open_files() -> int:
    """Raise the limit of open files to what the system grants; gives it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _by_signals() -> Ending:
    ending, loop = Ending(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, partial(ending.ask, by_hand=number is signal.SIGINT))
    return ending


@asynccontextmanager
async def _watching(reload: Reload) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, reload.ask)
    watch = loop.create_task(reload.run())
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        watch.cancel()
        await asyncio.wait([watch])


def _metrics_app(app: web.Application, config: ServerConfig) -> web.Application:
    hosts = allowed_hosts(config, Origin(config.public_url, config.trusted_proxies), addresses=True)
    own = web.Application(middlewares=for_application(errors(app[METRICS]), hosts))
    own.on_response_prepare.append(written(hide_server))
    own.router.add_get("/metrics", app[METRICS_HANDLER])
    return own


async def _drain(lifecycle: Lifecycle, site: Site, config: ServerConfig, ending: Ending) -> None:
    """Not ready at once; accept for a moment more; finish what runs; answer 503 to what is longer."""
    lifecycle.drain()
    seconds = config.drain_timeout
    event(_log, logging.INFO, "draining", under_way=lifecycle.requests, seconds=seconds)
    end = asyncio.get_running_loop().time() + seconds
    if not ending.by_hand:
        await _until(ending.second.is_set, within=min(config.drain_delay, seconds))
    await site.stop_accepting()
    if not ending.by_hand:
        await _until(ending.second.is_set, within=LAST_ARRIVALS)
    await _until(
        lambda: (lifecycle.requests == 0 and not site.is_answering) or ending.second.is_set(),
        within=end - asyncio.get_running_loop().time(),
    )
    lifecycle.cut()
    await _until(lambda: lifecycle.requests == 0 and not site.is_answering, within=LAST_WORDS)


async def _until(done: Callable[[], bool], *, within: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not done() and loop.time() < end:  # noqa: ASYNC110 - the end of a process is no hot path, and events would cost every request
        await asyncio.sleep(POLL)
