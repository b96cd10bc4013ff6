"""HTTP to a configured backend: what happened on the wire becomes one of the closed outcomes, here and once."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType, SimpleNamespace
from typing import Any, TypeAlias

import orjson
from aiohttp import (
    ClientError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    DummyCookieJar,
    FormData,
    StreamReader,
    TCPConnector,
    TraceConfig,
    TraceRequestRedirectParams,
    hdrs,
)
from aiohttp.connector import Connection
from yarl import URL

from gateway import __version__, hops, trace
from gateway.inputs.urls import is_sendable
from gateway.logs import current_request_id
from gateway.upstreams.answer_memory import is_crowded, wait_for_turn
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent, Refused, Rejected, UpstreamError
from gateway.upstreams.event_stream import events
from gateway.upstreams.json_body import JsonBody
from gateway.upstreams.read_ahead import NARROW, WIDE, ReadAhead
from gateway.upstreams.rehearsal import rehearsal, rehearse

CONNECT_TIMEOUT = 5
"""Seconds for the name, the connection and TLS together."""
KEEP_ALIVE = 4
"""Seconds that an idle connection is kept. Common servers (uvicorn, Node) close theirs after 5, and a close that
crosses a request is ambiguous, so it could not be repeated.
"""
LARGEST_ANSWER = 256 * 2**20
"""Bytes of one answer: four pictures of 45 MB in base64."""
LARGEST_FRAME = 4 * 2**20
"""Bytes of one websocket message; a larger one closes the socket."""
HEARTBEAT = 30
"""Seconds of silence after which a websocket is asked whether it still stands."""
MOST_URLS = 64
"""Addresses that are kept parsed; some paths hold the name of a job, of which there is no end."""
CLOSE_WITHIN = 1
"""Seconds that a backend has to say goodbye on a websocket."""

Told: TypeAlias = Callable[[dict[str, object]], Awaitable[None]]
"""Takes the events of a stream, one after another."""

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_UNDONE = frozenset({HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, HTTPStatus.LOOP_DETECTED})
_UNREACHED = frozenset({521, 523, 525, 526})
"""Cloudflare in front of a backend that it could not connect to; its 520, 522 and 524 leave open what was done."""
_REFUSED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status == HTTPStatus.OK

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(slots=True)
class _Sent:
    """How far a call has come."""

    read_ahead: ReadAhead
    headers: bool = False
    """Whether the head of the request went out: from then on a failure may have cost money."""


_sent: ContextVar[_Sent] = ContextVar("sent")
"""Of the call that the running task makes."""


class _NotedRequest(ClientRequest):
    """Notes that it is sent. aiohttp's own trace tells the same, and five things more that nobody asked."""

    async def send(self, conn: Connection) -> ClientResponse:
        sent = _sent.get()
        sent.headers = True
        if conn.transport is not None:
            sent.read_ahead.begin(conn.transport)
        return await super().send(conn)


class UpstreamHttp:
    """One backend's own connections: credentials, no cookies, no proxy of the environment, no redirect followed."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str] = _NO_HEADERS, timeout: float) -> None:
        """`timeout` in seconds covers one call whole. `headers` go with every call and hold the credentials."""
        self._base = URL(base_url.rstrip("/"))
        self._headers = {
            hdrs.USER_AGENT: f"nano-banana-gateway/{__version__}",
            hdrs.ACCEPT_ENCODING: "identity",  # a compressed answer could unpack to anything
            **headers,
        }
        self._masked = {**self._headers, **dict.fromkeys(headers, "***")}
        self._timeout = timeout
        self._urls: dict[str, URL] = {}
        self._session: ClientSession | None = None
        self._sockets: ClientSession | None = None
        """For websockets, on the same connections."""

    async def open(self) -> None:
        connector = TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE)
        self._session = self._made_session(connector, request_class=_NotedRequest)
        redirects = TraceConfig()
        redirects.on_request_redirect.append(_refuse_redirect)
        self._sockets = self._made_session(connector, connector_owner=False, trace_configs=[redirects])

    def _made_session(self, connector: TCPConnector, **options: Any) -> ClientSession:
        return ClientSession(
            connector=connector,
            headers=self._headers,
            timeout=ClientTimeout(connect=CONNECT_TIMEOUT),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            **options,
        )

    async def close(self) -> None:
        for session in (self._sockets, self._session):
            if session is not None:
                await session.close()

    def owns(self, url: URL) -> bool:
        """Whether `url` lies on the backend that the operator configured."""
        ours = self._base  # its `origin()` would tell `https://host:443` from `https://host`
        return (url.scheme, url.host, url.port) == (ours.scheme, ours.host, ours.port)

    def resolve(self, reference: str) -> URL:
        """An address that the backend gave, absolute or relative to itself. Quoted anew, a signed one would break."""
        return self._base.join(URL(reference, encoded=is_sendable(reference)))

    async def get(
        self, path: str | URL, *, params: Mapping[str, str] = _NO_HEADERS, headers: Mapping[str, str] = _NO_HEADERS
    ) -> HttpAnswer:
        return await self._request(hdrs.METH_GET, path, params=params, headers=headers)

    async def post(
        self,
        path: str,
        *,
        json: object = None,
        form: FormData | None = None,
        body: JsonBody | None = None,
        params: Mapping[str, str] = _NO_HEADERS,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        """Send one of `json`, `form` and `body`; the last is JSON that holds pictures.

        Raises:
            NotSent: nothing of the request was written.
            Ambiguous: the connection broke or the time ran out after that.
        """
        data = form if body is None else body
        return await self._request(hdrs.METH_POST, path, json=json, data=data, params=params, headers=headers)

    async def post_streamed(
        self,
        path: str,
        told: Told,
        *,
        json: object = None,
        form: FormData | None = None,
        params: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        """`post`, whose answer may be an event stream: then each event is `told`, and the answer has no body."""
        return await self._request(hdrs.METH_POST, path, told, json=json, data=form, params=params)

    @asynccontextmanager
    async def websocket(
        self, path: str, *, params: Mapping[str, str] = _NO_HEADERS
    ) -> AsyncIterator[ClientWebSocketResponse]:
        """A socket for what a backend tells while it works. Reading ends where the backend closes it.

        Raises:
            NotSent: it could not be opened, whatever the backend answered.
        """
        if self._sockets is None:
            raise RuntimeError("the upstream is not open")
        if rehearsal.get() is not None:
            raise NotSent("this is a rehearsal")
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                socket = await self._sockets.ws_connect(
                    URL(f"{self._base}{path}"),
                    params=params,
                    headers=_trail(),
                    heartbeat=HEARTBEAT,
                    timeout=ClientWSTimeout(ws_close=CLOSE_WITHIN),
                    max_msg_size=LARGEST_FRAME,
                )
        except (ClientError, OSError, TimeoutError) as error:
            raise NotSent(f"no websocket: {type(error).__name__}") from error
        try:
            yield socket
        finally:
            await socket.close()

    def _url(self, path: str) -> URL:
        """Drivers ask at a handful of paths, and parsing one costs as much as sending it."""
        url = self._urls.get(path)
        if url is None:
            url = URL(f"{self._base}{path}")
            if len(self._urls) < MOST_URLS:
                self._urls[path] = url
        return url

    async def _request(
        self,
        method: str,
        path: str | URL,
        told: Told | None = None,
        *,
        json: object = None,
        data: FormData | JsonBody | None = None,
        params: Mapping[str, str] = _NO_HEADERS,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        if self._session is None:
            raise RuntimeError("the upstream is not open")
        url = path if isinstance(path, URL) else self._url(path)
        if not self.owns(url):
            raise ValueError("the credentials of a backend go to no other address")
        ahead = ReadAhead(is_narrow=is_crowded())
        sent = _Sent(ahead)
        _sent.set(sent)
        headers = {**headers, **_trail()}
        if rehearsal.get() is not None:
            rehearse(method, url, {**self._masked, **headers}, json=json, data=data)
        body: object = data
        if json is not None:
            body, headers[hdrs.CONTENT_TYPE] = _encoded(json), "application/json"
        try:
            async with (
                asyncio.timeout(self._timeout) as clock,
                self._session.request(
                    method,
                    url,
                    headers=headers,
                    allow_redirects=False,
                    data=body,
                    params=params or None,
                    read_bufsize=NARROW // 2 if ahead.is_narrow else WIDE // 4,  # aiohttp takes in twice as much
                ) as response,
            ):
                return await _answer(response, ahead, clock, told)
        except TimeoutError as error:
            if not sent.headers:
                raise NotSent("no connection in time") from error
            raise Ambiguous("no answer in time", timed_out=True) from error
        except (ClientError, OSError) as error:
            if not sent.headers:
                raise NotSent(f"{type(error).__name__}") from error
            raise Ambiguous(f"{type(error).__name__}") from error


def failure(answer: HttpAnswer, detail: str = "") -> UpstreamError:
    """The outcome that an answer's status means where the protocol says nothing more exact."""
    said = detail or "the answer's status"
    if answer.status in _REFUSED and answer.headers.get("x-should-retry") == "false":
        if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            return Ambiguous(f"{said}; it may have been done", status=answer.status)  # so a gateway like us means it
        return Rejected(f"{said}; it says not to ask again", status=answer.status)
    if answer.status in _REFUSED:
        return Refused(said, status=answer.status, retry_after=retry_after(answer.headers))
    if answer.status in _UNREACHED:
        return Refused(said, status=answer.status)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in _UNDONE:
        return Ambiguous(said, status=answer.status)  # 502, 504, and what nobody says enough about
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        return Rejected(said, status=answer.status)
    return EmptyAnswer(said, status=answer.status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a backend asks us to wait: `retry-after-ms`, or `Retry-After` as seconds or as a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        if _SECONDS.fullmatch(headers.get(name, "")):
            return float(headers[name]) * unit
    try:
        until = parsedate_to_datetime(headers["retry-after"])
    except (KeyError, ValueError, OverflowError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _encoded(document: object) -> bytes:
    try:
        return orjson.dumps(document)
    except TypeError:  # a number of more than 64 bits, which JSON may hold
        return json.dumps(document).encode()


async def _answer(response: ClientResponse, ahead: ReadAhead, clock: asyncio.Timeout, told: Told | None) -> HttpAnswer:
    if told is not None and response.content_type == "text/event-stream":
        ahead.widen()
        async for event in events(response.content):
            await told(event)
        return HttpAnswer(response.status, response.headers, b"")
    length = response.content_length
    await wait_for_turn(length, clock)
    ahead.widen()
    response.content.set_read_chunk_size(WIDE)
    return HttpAnswer(response.status, response.headers, await _read(response.content, length))


async def _read(content: StreamReader, length: int | None) -> bytes:
    """The whole body, its pieces joined once they are all here: a buffer made beforehand would be filled twice."""
    if (length or 0) > LARGEST_ANSWER:
        raise _too_large()
    first = await content.readany()
    if len(first) == length:
        return first
    pieces, size = [first], len(first)
    while piece := await content.readany():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise _too_large()
    return b"".join(pieces)


def _too_large() -> EmptyAnswer:
    return EmptyAnswer(f"an answer of more than {LARGEST_ANSWER} bytes")


def _trail() -> dict[str, str]:
    name = current_request_id.get()
    return {**hops.onward(), **trace.onward(), **({"X-Request-ID": name} if name else {})}


async def _refuse_redirect(_: ClientSession, __: SimpleNamespace, params: TraceRequestRedirectParams) -> None:
    """On its own, aiohttp opens a websocket wherever it is sent, and takes our credentials along."""
    params.response.close()
    raise ClientError("the backend redirects")
