"""One request of aiohttp's as an ASGI application answers it: the protocol's library speaks nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from aiohttp import hdrs, web
from multidict import CIMultiDict

Message: TypeAlias = MutableMapping[str, Any]
Application: TypeAlias = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

REQUEST = "gateway.request"
"""The key of the scope under which the request itself is found."""
_OURS = frozenset({"connection", "transfer-encoding", "date", "server", "content-length"})
"""Headers that the server writes."""


async def answer(application: Application, request: web.Request, body: bytes) -> web.StreamResponse:
    """What `application` answers to `request`, whose `body` has been read."""
    exchange = _Exchange(request, body)
    try:
        await application(_scope(request), exchange.receive, exchange.send)
    finally:
        exchange.over.set()
    return exchange.response()


def _scope(request: web.Request) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": request.path,
        "raw_path": request.raw_path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.raw_headers],
        "client": None,
        "server": None,
        REQUEST: request,
    }


class _Exchange:
    def __init__(self, request: web.Request, body: bytes) -> None:
        self._request = request
        self._body: bytes | None = body
        self._status = 0
        self._headers = CIMultiDict[str]()
        self._whole = b""
        self._stream: web.StreamResponse | None = None
        self.over = asyncio.Event()

    async def receive(self) -> Message:
        """The body at once; after it nothing until the answer is over, for a client that left cancels us itself."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            sent = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", ())]
            self._headers.extend((name, value) for name, value in sent if name.lower() not in _OURS)
            return
        data, more = message.get("body", b""), message.get("more_body", False)
        if self._stream is None and not more:
            self._whole = data
            return
        try:
            await self._write(data, last=not more)
        except ConnectionError:
            self.over.set()  # nobody listens any more, which the application learns from `receive`

    async def _write(self, data: bytes, *, last: bool) -> None:
        if self._stream is None:
            self._stream = web.StreamResponse(status=self._status, headers=self._headers)
            await self._stream.prepare(self._request)
        if data:
            await self._stream.write(data)
        if last:
            await self._stream.write_eof()

    def response(self) -> web.StreamResponse:
        if self._stream is not None:
            return self._stream
        if not self._status:
            raise RuntimeError("the application has not answered")
        self._headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        return web.Response(status=self._status, headers=self._headers, body=self._whole)
