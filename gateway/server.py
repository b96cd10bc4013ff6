"""The running process: listen, say where, drain on SIGTERM, exit 0."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http_exceptions import ContentEncodingError, LineTooLong
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from gateway.app import LIFECYCLE, METRICS_HANDLER
from gateway.clock import system_random
from gateway.config import Config
from gateway.errors import BadRequest, GatewayError, InternalError, UnsupportedMediaType, UriTooLong
from gateway.lifecycle import Lifecycle
from gateway.logs import event
from gateway.middleware.errors import error_response
from gateway.middleware.request_id import HEADER as REQUEST_ID_HEADER
from gateway.reload import Reload

LONGEST_LINE = 64 * 1024
LONGEST_HEADER = 8 * 1024
IDLE_CONNECTION = 75
"""Seconds; also the deadline for the head of a request, which aiohttp does not tell apart."""
STILL_ACCEPTING = 0.2
"""Share of drain_timeout in which new requests are still served: balancers take seconds to look away."""
LAST_WORDS = 1
"""Seconds for the 503 of requests that were cut off to leave."""
POLL = 0.02
"""Seconds between two looks at whether draining is done."""

_log = logging.getLogger("gateway.server")


class GatewayRequestHandler(RequestHandler):
    """Answers what the HTTP parser refuses in the error shape, and echoes nothing of it."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's words hold bytes of the request
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun, so no other can be sent")
        error, name = _parser_refusal(status, exc), system_random(16).hex()
        event(_log, logging.INFO, "malformed request", status=error.status, remote=request.remote, request_id=name)
        response = _Refusal(error, name)
        response.force_close()
        return response


class _Refusal(web.Response):
    """Written without the application, so without its signals: it names the request and hides the server itself."""

    def __init__(self, error: GatewayError, request_id: str) -> None:
        plain = error_response(error, {REQUEST_ID_HEADER: request_id})
        super().__init__(body=plain.body, status=plain.status, reason=plain.reason, headers=plain.headers)

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)


def _parser_refusal(status: int, exc: BaseException | None) -> GatewayError:
    if status >= web.HTTPInternalServerError.status_code:
        return InternalError()
    match exc:
        case LineTooLong() if LONGEST_LINE in exc.args:  # which of the two limits it was is told nowhere else
            return UriTooLong("The request line is too long; send the request as POST")
        case LineTooLong():
            return BadRequest(f"A header has more than {LONGEST_HEADER} bytes")
        case ContentEncodingError():
            return UnsupportedMediaType("This Content-Encoding is not taken; send the body as it is, or in gzip")
        case _:
            return BadRequest("The request is not well-formed HTTP")


class _Server(Server):
    def __call__(self) -> RequestHandler:
        return GatewayRequestHandler(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    """aiohttp's runner, whose connections are handled by the class above."""

    async def _make_server(self) -> Server:
        plain = await super()._make_server()
        return _Server(
            plain.request_handler,
            request_factory=plain.request_factory,
            handler_cancellation=plain.handler_cancellation,
            loop=plain._loop,  # noqa: SLF001 - aiohttp offers no other way to choose the class
            **plain._kwargs,  # noqa: SLF001
        )


async def serve(
    app: web.Application, config: Config, *, announce: Callable[[str], None], reload: Reload | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, then drain. `announce` is given the address once it answers.

    `reload` watches meanwhile, and is asked by SIGHUP.

    Raises:
        OSError: the address cannot be listened on.
    """
    signals = _Signals()
    async with listening(app, config.server.host, config.server.port) as site, AsyncExitStack() as stack:
        if config.metrics.port is not None and METRICS_HANDLER in app:
            await stack.enter_async_context(listening(_metrics_app(app), config.server.host, config.metrics.port))
        if reload is not None:
            await stack.enter_async_context(_watching(reload))
        announce(site.address)
        await signals.first.wait()
        await _drain(app[LIFECYCLE], site, config.server.drain_timeout, signals)
    event(_log, logging.INFO, "stopped")


class Site:
    """A running server."""

    def __init__(self, runner: web.AppRunner, host: str) -> None:
        self._runner = runner
        self._host = host

    @property
    def address(self) -> str:
        """Under which a client on this machine reaches it, without a slash at the end."""
        address: Any = self._runner.addresses[0]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{address[1]}"

    async def stop_accepting(self) -> None:
        for site in list(self._runner.sites):
            await site.stop()


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[Site]:
    """Run `app` as the gateway is run; port 0 picks a free one."""
    runner = _Runner(
        app,
        handle_signals=False,
        access_log=None,
        handler_cancellation=True,  # work for a client that went away is not done for nobody
        keepalive_timeout=IDLE_CONNECTION,
        shutdown_timeout=1,  # draining has waited already
        max_line_size=LONGEST_LINE,
        max_field_size=LONGEST_HEADER,
    )
    try:
        await runner.setup()
        await web.TCPSite(runner, host, port, reuse_address=True).start()
        yield Site(runner, host)
    finally:
        await runner.cleanup()


class _Signals:
    """The first asks to drain, the second to end at once."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        self.by_hand = False
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._received, number)

    def _received(self, number: signal.Signals) -> None:
        if self.first.is_set():
            self.second.set()
        self.by_hand = number is signal.SIGINT
        self.first.set()


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


def _metrics_app(app: web.Application) -> web.Application:
    own = web.Application()
    own.router.add_get("/metrics", app[METRICS_HANDLER])
    return own


async def _drain(lifecycle: Lifecycle, site: Site, seconds: float, signals: _Signals) -> None:
    """Not ready at once; accept for a moment more; finish what runs; answer 503 to what is longer."""
    lifecycle.drain()
    event(_log, logging.INFO, "draining", requests=lifecycle.requests, seconds=seconds)
    end = asyncio.get_running_loop().time() + seconds
    if not signals.by_hand:
        await _until(signals.second.is_set, within=seconds * STILL_ACCEPTING)
    await site.stop_accepting()
    await _until(
        lambda: lifecycle.requests == 0 or signals.second.is_set(),
        within=end - asyncio.get_running_loop().time(),
    )
    lifecycle.cut()
    await _until(lambda: lifecycle.requests == 0, within=LAST_WORDS)


async def _until(done: Callable[[], bool], *, within: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not done() and loop.time() < end:  # noqa: ASYNC110 - the end of a process is no hot path, and events would cost every request
        await asyncio.sleep(POLL)
