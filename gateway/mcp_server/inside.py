"""Requests of the gateway to itself, which enter where every request enters and pass every link on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import HttpVersion11, StreamReader, hdrs, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from gateway.hops import HEADER as HOPS
from gateway.middleware.auth import API_KEY
from gateway.middleware.request_id import HEADER as REQUEST_ID_HEADER
from gateway.request_keys import REQUEST_ID
from gateway.trace import HEADER as TRACE
from gateway.trace import STATE_HEADER as TRACE_STATE

_HANDED_ON = (
    hdrs.AUTHORIZATION,
    API_KEY,
    hdrs.HOST,
    hdrs.ORIGIN,
    hdrs.FORWARDED,
    hdrs.X_FORWARDED_FOR,
    hdrs.X_FORWARDED_HOST,
    hdrs.X_FORWARDED_PROTO,
    HOPS,
    TRACE,
    TRACE_STATE,
)
"""Who asks, from where and under which address: the same as with the request that was received."""
_BUFFER = 2**16


@dataclass(frozen=True, slots=True)
class InsideAnswer:
    status: int
    body: Mapping[str, object]


async def post(outer: web.Request, path: str, fields: Mapping[str, object]) -> InsideAnswer:
    """What the gateway answers to `fields` as JSON at `path`, for the caller of `outer`."""
    made = _request(outer, path, json.dumps(fields).encode())
    response = await outer.app._handle(made)  # noqa: SLF001 - the way in of aiohttp's own server; there is no public one
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        raise TypeError(f"{path} has not answered with a plain body")
    return InsideAnswer(response.status, json.loads(response.body))


def _request(outer: web.Request, path: str, body: bytes) -> web.Request:
    headers = CIMultiDict[str]()
    for name in _HANDED_ON:
        headers.extend((name, value) for value in outer.headers.getall(name, ()))
    headers[REQUEST_ID_HEADER] = outer[REQUEST_ID]
    headers[hdrs.ACCEPT] = headers[hdrs.CONTENT_TYPE] = "application/json"
    headers[hdrs.CONTENT_LENGTH] = str(len(body))
    message = RawRequestMessage(
        method=hdrs.METH_POST,
        path=path,
        version=HttpVersion11,
        headers=CIMultiDictProxy(headers),
        raw_headers=tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()),
        should_close=False,
        compression=None,
        upgrade=False,
        chunked=False,
        url=URL.build(path=path, encoded=True),
    )
    loop = asyncio.get_running_loop()
    payload = StreamReader(BaseProtocol(loop), _BUFFER, loop=loop)  # no transport, so nothing is paused behind it
    payload.feed_data(body)
    payload.feed_eof()
    return web.Request(
        message, payload, outer.protocol, outer.writer, outer.task, loop, client_max_size=outer.client_max_size
    )
