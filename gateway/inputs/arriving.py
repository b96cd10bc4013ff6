"""A request body as it comes in: no longer than allowed, whole within its time, and never held as a whole here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import HttpVersion11, hdrs, web

from gateway.errors import BadRequest, PayloadTooLarge
from gateway.inputs.unpacking import unpacked

_LAST: Mapping[str, str] = MappingProxyType({hdrs.CONNECTION: "close"})

MOST_FIELDS = 100
"""Of one form."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    max_body: int = 32 * 2**20
    """Bytes, unpacked where the body is compressed."""
    max_picture: int = 20 * 2**20
    """Bytes of one file."""
    timeout: float = 60
    """Seconds from the first byte that is waited for to the last."""


def arrived(request: web.Request, most: int) -> bytes | None:
    """A plain body of at most `most` bytes that came along with its head, as small ones do; None for any other.

    Nothing is waited for, so nothing has to be bounded in time: half of what reading a small body costs.
    """
    content, size = request.content, request.content_length
    if size is None or size > most or not content.is_eof() or content.exception() is not None:
        return None
    if hdrs.CONTENT_ENCODING in request.headers or hdrs.EXPECT in request.headers:
        return None
    return content.read_nowait()


@asynccontextmanager
async def arriving(request: web.Request, limits: BodyLimits) -> AsyncIterator[AsyncIterator[bytes]]:
    """The body of `request` in chunks, for whoever reads it inside.

    What ends it early ends the connection too, as nobody knows where the next request would begin. It is answered at
    once, and closed when the client has sent the rest, or after `gateway.connections.LINGER` seconds more.

    Raises:
        UnsupportedMediaType: it is compressed in a way that is not taken.
        PayloadTooLarge: it is longer, or says that it will be.
        BadRequest: it is not what its headers announce, was cut off, or took too long.
    """
    if (request.content_length or 0) > limits.max_body:
        raise _too_large(limits.max_body)
    await _invite(request)
    try:
        async with asyncio.timeout(limits.timeout) as scope:
            yield _counted(unpacked(_sent(request), request.headers.get(hdrs.CONTENT_ENCODING, "")), limits.max_body)
    except web.RequestPayloadError as error:
        raise BadRequest("The request body is not what its headers announce", headers=_LAST) from error
    except TimeoutError:
        if not scope.expired():
            raise
        raise BadRequest(f"The request body did not arrive within {limits.timeout:g} seconds", headers=_LAST) from None


async def _sent(request: web.Request) -> AsyncIterator[bytes]:
    while chunk := await request.content.readany():
        yield chunk


async def _counted(chunks: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        yield chunk


async def _invite(request: web.Request) -> None:
    """Tell a client that asked first to send the body: only now is it known that anybody will read it."""
    if request.version == HttpVersion11 and request.headers.get(hdrs.EXPECT, "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


def _too_large(most: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"The request body has more than {most} bytes", headers=_LAST)
