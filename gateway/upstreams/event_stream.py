"""Server-sent events of a backend, one at a time and bounded."""

from __future__ import annotations

from collections.abc import AsyncIterator

import orjson
from aiohttp import StreamReader

from gateway.upstreams.base import Ambiguous

LARGEST_EVENT = 96 * 2**20
"""Bytes: a picture of 64 MiB in base64, and what is said about it."""


async def events(content: StreamReader) -> AsyncIterator[dict[str, object]]:
    """The JSON objects that the events carry; comments and other data are passed over.

    Raises:
        Ambiguous: an event is larger than any picture.
    """
    buffer = bytearray()
    searched = 0
    held = b""
    async for chunk in content.iter_any():
        data = held + chunk
        held = b"\r" if data.endswith(b"\r") else b""  # its line feed comes with the next chunk
        buffer += data.removesuffix(b"\r").replace(b"\r\n", b"\n")
        while (end := buffer.find(b"\n\n", max(0, searched - 1))) >= 0:
            event = _data(bytes(buffer[:end]))
            del buffer[: end + 2]
            searched = 0
            if event is not None:
                yield event
        searched = len(buffer)
        if searched > LARGEST_EVENT:
            raise Ambiguous(f"an event of more than {LARGEST_EVENT} bytes")


def _data(block: bytes) -> dict[str, object] | None:
    lines = [line[5:].removeprefix(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
    try:
        value = orjson.loads(b"\n".join(lines))
    except ValueError:  # `[DONE]`, and what is no JSON
        return None
    return value if isinstance(value, dict) else None
