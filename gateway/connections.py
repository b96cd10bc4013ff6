"""Connections: how many there may be, how long each may keep others waiting, and what is said to malformed HTTP.

aiohttp has one clock for a connection, for the time between requests. The others are kept here: a watch looks at
every connection now and then, which costs nothing where a timer for each would cost every request.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import socket
import struct
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_server import Server

from gateway.clock import system_random
from gateway.errors import BadRequest, GatewayError, InternalError, Unavailable, UriTooLong
from gateway.logs import event
from gateway.middleware.errors import as_ours, error_response
from gateway.middleware.request_id import HEADER as REQUEST_ID_HEADER

LONGEST_LINE = 64 * 1024
LONGEST_HEADER = 8 * 1024
READ_AHEAD = 64 * 1024
"""Bytes of a body that wait in memory for whoever reads it; aiohttp keeps up to twice as many."""
LEAST_TAKEN = 16 * 1024
"""Bytes that a client must take of an answer within `write` seconds: one byte now and then is no progress."""
LINGER = 5
"""Seconds for what a client still sends after an error: closed at once, it would never read why."""

_AT_ONCE = struct.pack("ii", 1, 0)
_log = logging.getLogger("gateway.server")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Times in seconds."""

    most: int = 4096
    head: float = 20
    """From the first byte of a request, or from connecting, until its headers are whole."""
    write: float = 30
    """In which a client takes nothing worth mentioning of its answer."""
    idle: float = 75
    """Between two requests."""

    @property
    def watch_period(self) -> float:
        return min(1.0, self.head / 10, self.write / 10)


class Connection(RequestHandler):
    """Answers what the HTTP parser refuses in the error shape, and echoes nothing of it; knows what it waits for."""

    def __init__(self, manager: Server, **options: Any) -> None:
        super().__init__(manager, **options)
        self._head_since: float | None = None
        self._writer: AbstractStreamWriter | None = None
        self._written_before = 0
        self._stalled_since: float | None = None
        self._taken_then = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._head_since = self._loop.time()

    def data_received(self, data: bytes) -> None:
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._head_since = None
        elif self._head_since is None and self._waits_for_head:
            self._head_since = self._loop.time()

    def answers_with(self, writer: AbstractStreamWriter) -> None:
        """Called for every request, before it is handled."""
        if self._writer is not None:
            self._written_before += self._writer.output_size
        self._writer = writer

    @property
    def is_answering(self) -> bool:
        """From the head of a request until the kernel has its answer: the links are done long before that, and the last
        sixty thousand bytes are written before they are sent.
        """
        return self._request_in_progress or (self.transport is not None and self.transport.get_write_buffer_size() > 0)

    def look(self, limits: ConnectionLimits) -> None:
        """Cut the connection where the other side has let it wait for too long."""
        if self.transport is None:
            return
        now = self._loop.time()
        if self._head_since is not None and self._waits_for_head and now - self._head_since > limits.head:
            self._cut("no whole request in time")
        elif self._stalls(now, limits.write):
            self._cut("its answer is not taken")

    @property
    def _waits_for_head(self) -> bool:
        return self._waiter is not None and not self._waiter.done()

    def _stalls(self, now: float, longest: float) -> bool:
        transport = self.transport
        waiting = transport.get_write_buffer_size() if transport is not None else 0
        if transport is None or not waiting:
            self._stalled_since = None
            return False
        written = self._written_before + (self._writer.output_size if self._writer is not None else 0)
        taken = written - waiting - _in_kernel(transport.get_extra_info("socket"))
        if self._stalled_since is None or taken >= self._taken_then + LEAST_TAKEN:
            self._stalled_since, self._taken_then = now, taken
        return now - self._stalled_since > longest

    def _cut(self, reason: str) -> None:
        event(_log, logging.INFO, "connection cut", reason=reason, remote=_remote(self.peername))
        transport = self.transport
        self.force_close()
        if transport is not None:
            # Closing would wait for the client to take what it does not take: here, and then in the kernel.
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            transport.abort()

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
        if error.status >= web.HTTPInternalServerError.status_code:
            _log.error("unexpected failure outside of the chain", exc_info=exc)
        else:
            event(_log, logging.INFO, "malformed request", status=error.status, remote=request.remote, request_id=name)
        response = _Refusal(error, name)
        response.force_close()
        return response


def _is_framed_plainly(request: web.BaseRequest) -> bool:
    """Whether every proxy in front agrees on where the request ends.

    The parser takes an empty coding beside a length, and codings before `chunked` that nobody would undo.
    """
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    return coding is None or coding.lower() == "chunked"


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
        case _:
            return BadRequest("The request is not well-formed HTTP")


class _Busy(asyncio.Protocol):
    """A connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(_BUSY)
            transport.close()


def _busy() -> bytes:
    error = Unavailable("The gateway has as many connections as it can take", retry_after=1)
    body = json.dumps(error.body()).encode()
    headers = {**error.headers, "Connection": "close", "Content-Length": len(body), "Content-Type": "application/json"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {error.status} Service Unavailable\r\n{head}\r\n".encode() + body


_BUSY = _busy()


class _Server(Server):
    def __init__(self, handler: Any, *, limits: ConnectionLimits, **options: Any) -> None:
        super().__init__(handler, **options)
        self._limits = limits
        self.occupied = asyncio.Event()

    def __call__(self) -> Any:
        if len(self._connections) >= self._limits.most:
            return _Busy()
        return Connection(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Under TLS only after the handshake, which may take its time; before, there is nothing to watch."""
        super().connection_made(handler, transport)
        self.occupied.set()


class Runner(web.AppRunner):
    """aiohttp's runner, whose connections are those above."""

    def __init__(self, app: web.Application, limits: ConnectionLimits) -> None:
        super().__init__(
            app,
            handle_signals=False,
            access_log=None,
            handler_cancellation=True,  # work for a client that went away is not done for nobody
            keepalive_timeout=limits.idle,
            lingering_time=LINGER,
            shutdown_timeout=1,  # draining has waited already
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_HEADER,
            read_bufsize=READ_AHEAD,
            auto_decompress=False,  # see `gateway.inputs.unpacking`
        )
        self._limits = limits

    async def _make_server(self) -> Server:
        plain = await super()._make_server()

        def request_factory(message: Any, payload: Any, connection: Any, writer: Any, task: Any) -> web.BaseRequest:
            connection.answers_with(writer)
            return plain.request_factory(message, payload, connection, writer, task)

        async def handle(request: Any) -> web.StreamResponse:
            if not _is_framed_plainly(request):
                return request.protocol.handle_error(request, web.HTTPBadRequest.status_code)  # type: ignore[no-any-return]  # aiohttp passes the request on as Any
            try:
                return await plain.request_handler(request)
            except web.HTTPException as error:  # raised before the links ran, by an unknown `Expect` for one
                return error_response(as_ours(request, error))

        return _Server(
            handle,
            limits=self._limits,
            request_factory=request_factory,
            handler_cancellation=plain.handler_cancellation,
            loop=plain._loop,  # noqa: SLF001 - aiohttp offers no other way to choose the class
            **plain._kwargs,  # noqa: SLF001
        )

    @property
    def is_answering(self) -> bool:
        connections = self.server.connections if self.server is not None else []
        return any(isinstance(connection, Connection) and connection.is_answering for connection in connections)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look at the connections until the end of the block."""
        watch = asyncio.get_running_loop().create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])

    async def _watch(self) -> None:
        """While nobody is connected it sleeps: timers that find nothing are most of what a gateway at rest costs."""
        server = self.server
        if not isinstance(server, _Server):
            raise TypeError(server)
        while True:
            await server.occupied.wait()
            await asyncio.sleep(self._limits.watch_period)
            if not server.connections:
                server.occupied.clear()
            for connection in server.connections:
                if isinstance(connection, Connection):
                    _look(connection, self._limits)


def _look(connection: Connection, limits: ConnectionLimits) -> None:
    try:
        connection.look(limits)
    except Exception:  # noqa: BLE001 - one connection that closes in this moment must not end the watch over all others
        _log.exception("a connection could not be looked at")


def _in_kernel(sock: socket.socket) -> int:
    """Bytes that were sent and that the other side has not acknowledged.

    The kernel asks for more only once a third of its buffer is free, which takes a slow client minutes.
    """
    answer = bytearray(4)
    with suppress(OSError):  # a system that cannot tell
        fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, answer)
    return int.from_bytes(answer, sys.byteorder)


def _remote(peer: object) -> str | None:
    return str(peer[0]) if isinstance(peer, tuple) else None
