"""A JSON body whose pictures become base64 while they are sent, so that no second copy of them is ever held."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from typing import TypeAlias

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload
from pybase64 import b64encode

from gateway.blob import CHUNK, Blob, Encoded, MemoryBlob

_Piece: TypeAlias = "bytes | Base64"


class Base64:
    """A leaf of a JSON document: the bytes of a picture, written as base64 text."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob

    def __str__(self) -> str:
        return f"<{self.blob.size} bytes as base64>"

    def __len__(self) -> int:
        """Characters, padding included."""
        return (self.blob.size + 2) // 3 * 4

    async def pieces(self) -> AsyncIterator[Encoded]:
        """The text in pieces that each take well under a millisecond to encode."""
        if isinstance(self.blob, MemoryBlob) and self.blob.encoded is not None:
            text = memoryview(self.blob.encoded)
            for start in range(0, len(text), CHUNK):
                yield text[start : start + CHUNK]
            return
        rest = b""
        async for chunk in self.blob.stream():
            data = rest + chunk
            whole = len(data) - len(data) % 3  # three bytes are four characters, and only the end is padded
            rest = data[whole:]
            yield b64encode(memoryview(data)[:whole])
        yield b64encode(rest)


class JsonBody(Payload):
    """`document` may hold `Base64` leaves, which are never walked by a JSON encoder."""

    _autoclose = True  # aiohttp's word for: there is nothing to close

    def __init__(self, document: object) -> None:
        super().__init__(document, content_type="application/json")
        self.document = document
        self._pieces = _pieces(document)
        self.length = sum(len(piece) for piece in self._pieces)
        """Bytes on the wire."""
        self._size = self.length

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - aiohttp's signature
        raise TypeError("this body is only ever sent")

    async def write(self, writer: AbstractStreamWriter) -> None:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                await writer.write(piece)
                continue
            async for text in piece.pieces():
                await writer.write(text)


def _pieces(document: object) -> list[_Piece]:
    """The encoded document, cut where its pictures stand."""
    pictures: list[Base64] = []
    mark = secrets.token_hex(16)  # what nobody can guess cannot stand in a prompt

    def note(leaf: object) -> str:
        if not isinstance(leaf, Base64):
            raise TypeError(f"{type(leaf).__name__} is not JSON")
        pictures.append(leaf)
        return mark

    text = json.dumps(document, default=note, separators=(",", ":"))
    first, *others = text.encode().split(mark.encode())
    pieces: list[_Piece] = [first]
    for picture, between in zip(pictures, others, strict=True):
        pieces += [picture, between]
    return pieces
