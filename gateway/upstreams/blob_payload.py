"""A picture as a part of a form, sent from where it lies and never copied."""

from __future__ import annotations

from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from gateway.blob import Blob, MemoryBlob


class BlobPayload(Payload):
    """aiohttp's own for bytes in memory sends them in slices of 64 KB, each copied and each a turn of the loop."""

    _autoclose = True  # aiohttp's word for: there is nothing to close

    def __init__(self, blob: Blob, content_type: str) -> None:
        super().__init__(blob, content_type=content_type)
        self.blob = blob
        self._size = blob.size

    def __str__(self) -> str:
        return f"<{self.content_type}, {self.blob.size} bytes>"

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002 - aiohttp's signature
        raise TypeError("a picture is no text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        if isinstance(self.blob, MemoryBlob):
            await writer.write(self.blob.read())
            return
        async for piece in self.blob.stream():
            await writer.write(piece)
