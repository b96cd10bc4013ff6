"""Compressed bodies, unpacked a piece at a time: whoever reads them counts the pieces and stops in time.

aiohttp could do this by itself, but would go on unpacking what is left of a refused body, on the event loop.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

from gateway.errors import BadRequest, UnsupportedMediaType

STEP = 128 * 1024
"""Bytes that are unpacked at a time: a tenth of a millisecond."""
MOST_MEMBERS = 16
"""A gzip file may be several in a row; thousands would only keep us busy."""

_GZIP, _ZLIB, _DEFLATE = 31, 15, -15  # as zlib counts window sizes
_ZLIB_METHOD = 8


def unpacked(chunks: AsyncIterator[bytes], encoding: str) -> AsyncIterator[bytes]:
    """What `chunks` hold in the `Content-Encoding` of a request.

    Raises:
        UnsupportedMediaType: an encoding that is not taken; at once.
        BadRequest: they are not of that encoding, or end too early.
    """
    match encoding.strip().lower():
        case "" | "identity":
            return chunks
        case "gzip" | "x-gzip":
            return _inflated(chunks, _GZIP)
        case "deflate":
            return _inflated(chunks, None)
        case _:
            raise UnsupportedMediaType("This Content-Encoding is not taken; send the body as it is, or in gzip")


async def _inflated(chunks: AsyncIterator[bytes], window: int | None) -> AsyncIterator[bytes]:
    """`window` is None for deflate, which half of the world sends without the head that it should have."""
    inflater = None
    async for chunk in chunks:
        if inflater is None:
            has_head = chunk[0] & 0x0F == _ZLIB_METHOD
            inflater = _Inflater(window or (_ZLIB if has_head else _DEFLATE))
        for piece in inflater.feed(chunk):
            yield piece
    if inflater is not None and not inflater.complete:
        raise BadRequest("The compressed body ends too early")


class _Inflater:
    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._members = 1

    @property
    def complete(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        more = True
        while more:
            if data and self._stream.eof:
                self._next_member()
            piece = self._step(data)
            if piece:
                yield piece
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            more = bool(data) or len(piece) == STEP  # zlib may hold back what did not fit

    def _step(self, data: bytes) -> bytes:
        try:
            return self._stream.decompress(data, STEP)
        except zlib.error as error:
            raise BadRequest("The request body is not what its headers announce") from error

    def _next_member(self) -> None:
        self._members += 1
        if self._window != _GZIP or self._members > MOST_MEMBERS:
            raise BadRequest("The compressed body goes on behind its end")
        self._stream = zlib.decompressobj(_GZIP)
