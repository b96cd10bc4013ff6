"""Server-sent events with their comments, which carry the progress."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import NamedTuple

COMMENT = "comment"


class Event(NamedTuple):
    """`name` is `comment` for the lines that begin with a colon."""

    name: str
    data: bytes


async def events(chunks: AsyncIterable[bytes]) -> AsyncIterator[Event]:
    """Events as they become whole. What is left without its empty line at the end was cut off, and is dropped."""
    name, data = "message", list[bytes]()
    async for line in _lines(chunks):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if line.startswith(b":"):
            yield Event(COMMENT, value)
        elif field == b"event":
            name = value.decode("utf-8", "replace")
        elif field == b"data":
            data.append(value)
        elif not line and data:
            yield Event(name, b"\n".join(data))
            name, data = "message", []


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """A picture is one line of megabytes: its pieces are joined once, when its end is here."""
    pieces: list[bytes] = []
    async for chunk in chunks:
        first, *others = chunk.split(b"\n")
        pieces.append(first)
        for other in others:
            yield b"".join(pieces).removesuffix(b"\r")
            pieces = [other]
