"""A body in several pieces that are sent as they are, so that megabytes are not copied to stand in one piece."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from gateway.blob import Encoded

JOINED = 64 * 1024
"""Bytes up to which one copy costs less than the system calls that it saves."""


def body_of(pieces: Sequence[Encoded]) -> bytes | Payload:
    """What `web.Response` takes as the body that `pieces` make in their order."""
    return b"".join(pieces) if sum(map(len, pieces)) <= JOINED else Pieces(pieces)


class Pieces(Payload):
    _autoclose = True  # aiohttp's word for: there is nothing to close

    def __init__(self, pieces: Sequence[Encoded]) -> None:
        super().__init__(pieces)
        self._pieces = pieces
        self._size = sum(map(len, pieces))

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - aiohttp's signature
        raise TypeError("this body is only ever sent")

    async def write(self, writer: AbstractStreamWriter) -> None:
        for piece in self._pieces:
            await writer.write(piece)
