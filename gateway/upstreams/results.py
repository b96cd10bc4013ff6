"""What an upstream calls a picture becomes one, or an outcome: its bytes are believed, nothing else of it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import pybase64

from gateway.blob import Encoded
from gateway.concurrency import all_of
from gateway.images import Picture
from gateway.imaging.errors import PictureError
from gateway.imaging.reading import read_picture
from gateway.inputs.fetch import UrlRefused
from gateway.upstreams.answer_memory import wait_for_turn
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent, UpstreamError
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.tools import Tools

T = TypeVar("T")

READ_AT_ONCE = 4 * 2**20
"""Bytes that are decoded and walked on the event loop: two milliseconds, where a thread would cost a fifth of one
and a switch of the interpreter for each."""


async def from_base64(text: str | Encoded, tools: Tools) -> Picture:
    """Base64 with or without a data prefix; decoded and walked in a worker thread when it is very long.

    Raises:
        EmptyAnswer: no base64, or no picture that we take.
    """
    if len(text) <= READ_AT_ONCE:
        return _decode(text, tools)
    return await asyncio.to_thread(_decode, text, tools)


async def from_bytes(data: bytes, tools: Tools) -> Picture:
    """Raises EmptyAnswer as `from_base64`."""
    if len(data) <= READ_AT_ONCE:
        return _read(data, tools)
    return await asyncio.to_thread(_read, data, tools)


async def from_url(address: str, http: UpstreamHttp, tools: Tools) -> Picture:
    """A picture that the answer names: from the backend itself, or from elsewhere through the guarded fetch.

    Raises:
        EmptyAnswer: it cannot be fetched, or is no picture.
        Ambiguous: the backend made it, and cannot be reached any more.
    """
    if address.startswith("data:"):
        return await from_base64(address, tools)
    try:
        url = http.resolve(address)
        if not http.owns(url):
            await wait_for_turn(None)
            return await from_bytes(
                await tools.fetch.download(str(url), max_bytes=tools.picture_limits.max_bytes), tools
            )
    except (ValueError, UrlRefused) as error:
        raise EmptyAnswer("the picture's address cannot be fetched") from error
    try:
        answer = await http.get(url)
    except NotSent as error:  # which is true of this look alone, and would have the work itself done again
        raise Ambiguous("the picture's address cannot be reached") from error
    if not answer.ok:
        raise EmptyAnswer("the picture's address gave no picture", status=answer.status)
    return await from_bytes(answer.body, tools)


async def those_of(readings: Iterable[Coroutine[Any, Any, T]]) -> tuple[T, ...]:
    """What the readings of one answer's pictures came to, in order. One that fails does not cost its siblings.

    Raises:
        UpstreamError: all have failed. Ambiguous goes before the others: it forbids to ask again.
    """
    results = await all_of(_or_failure(reading) for reading in readings)
    failures = [result for result in results if isinstance(result, UpstreamError)]
    if failures and len(failures) == len(results):
        raise next((failure for failure in failures if isinstance(failure, Ambiguous)), failures[0])
    return tuple(result for result in results if not isinstance(result, UpstreamError))


async def _or_failure(reading: Coroutine[Any, Any, T]) -> T | UpstreamError:
    try:
        return await reading
    except UpstreamError as error:
        return error


def _decode(text: str | Encoded, tools: Tools) -> Picture:
    payload = _payload(text)
    try:
        data = pybase64.b64decode(payload, validate=True)
    except ValueError:
        return _read(_decode_leniently(payload), tools)
    return _read(data, tools, payload)


def _payload(text: str | Encoded) -> Encoded:
    """Base64 without a data prefix."""
    plain = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if bytes(plain[:5]) != b"data:":
        return plain
    return bytes(plain).partition(b",")[2]


def _decode_leniently(payload: Encoded) -> bytes:
    """With line ends and without padding, as some servers write it."""
    plain = bytes(payload)
    try:
        return pybase64.b64decode(plain + b"=" * (-len(plain.rstrip(b"=\r\n ")) % 4))
    except ValueError as error:
        raise EmptyAnswer("the picture is not base64") from error


def _read(data: bytes, tools: Tools, encoded: Encoded | None = None) -> Picture:
    try:
        return read_picture(data, tools.picture_limits, encoded)
    except PictureError as error:
        raise EmptyAnswer(f"no picture: {error}") from error
