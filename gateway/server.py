"""The running process: listen, say where, drain on SIGTERM, exit 0."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from gateway.app import LIFECYCLE, METRICS_HANDLER
from gateway.config import Config
from gateway.errors import BadRequest, GatewayError, InternalError, UriTooLong
from gateway.lifecycle import Lifecycle
from gateway.logs import event
from gateway.middleware.errors import error_response

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
        if request.writer is not None and request.writer.output_size > 0:
            raise ConnectionError("the answer has begun, so no other can be sent")
        error = _parser_refusal(status, exc)
        event(_log, logging.INFO, "malformed request", status=error.status, remote=request.remote)
        response = error_response(error)
        response.force_close()
        return response


def _parser_refusal(status: int, exc: BaseException | None) -> GatewayError:
    if status >= web.HTTPInternalServerError.status_code:
        return InternalError()
    if type(exc).__name__ == "LineTooLong" and "request line" in str(exc).lower():
        return UriTooLong("The request line is too long; send the request as POST")
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


async def serve(app: web.Application, config: Config, *, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT, then drain. `announce` is given the address once it answers.

    Raises:
        OSError: the address cannot be listened on.
    """
    signals = _Signals()
    async with contextlib.AsyncExitStack() as stack:
        runner = await _listening(stack, app, config.server.host, config.server.port)
        if config.metrics.port is not None and METRICS_HANDLER in app:
            await _listening(stack, _metrics_app(app), config.server.host, config.metrics.port)
        announce(_address(config.server.host, runner))
        await signals.first.wait()
        await _drain(app[LIFECYCLE], runner, config.server.drain_timeout, signals)
    event(_log, logging.INFO, "stopped")


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


async def _listening(stack: contextlib.AsyncExitStack, app: web.Application, host: str, port: int) -> web.AppRunner:
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
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, host, port, reuse_address=True).start()
    return runner


def _metrics_app(app: web.Application) -> web.Application:
    own = web.Application()
    own.router.add_get("/metrics", app[METRICS_HANDLER])
    return own


async def _drain(lifecycle: Lifecycle, runner: web.AppRunner, timeout: float, signals: _Signals) -> None:
    """Not ready at once; accept for a moment more; finish what runs; answer 503 to what is longer."""
    lifecycle.drain()
    event(_log, logging.INFO, "draining", requests=lifecycle.requests, seconds=timeout)
    end = asyncio.get_running_loop().time() + timeout
    if not signals.by_hand:
        await _until(signals.second.is_set, within=timeout * STILL_ACCEPTING)
    for site in list(runner.sites):
        await site.stop()
    await _until(
        lambda: lifecycle.requests == 0 or signals.second.is_set(), within=end - asyncio.get_running_loop().time()
    )
    lifecycle.cut()
    await _until(lambda: lifecycle.requests == 0, within=LAST_WORDS)


async def _until(done: Callable[[], bool], *, within: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while not done() and loop.time() < end:
        await asyncio.sleep(POLL)


def _address(host: str, runner: web.AppRunner) -> str:
    address: Any = runner.addresses[0]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{address[1]}"
