"""A handle to bytes, in memory or in a file, so that how bytes travel is nobody else's concern."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeAlias

import pybase64

CHUNK = 256 * 1024
"""Bytes read at a time from a file: large enough to be few calls, small enough to be many streams."""


ENCODED_AT_ONCE = 8 * 2**20
"""Bytes that are encoded on the event loop: half a millisecond, while a hand-off to a thread costs a tenth."""

Encoded: TypeAlias = bytes | memoryview
"""Base64 text as bytes."""


class Blob(Protocol):
    """Bytes that do not change. Methods without `async` may touch the disk: call them from a worker thread."""

    @property
    def size(self) -> int:
        """Bytes."""

    @property
    def sha256(self) -> str:
        """Hexadecimal digest, computed once."""

    def read(self) -> bytes: ...

    async def load(self) -> bytes:
        """All bytes, read off the event loop where they are not in memory."""

    def stream(self) -> AsyncIterator[bytes]:
        """The bytes in chunks."""


class MemoryBlob:
    def __init__(self, data: bytes, encoded: Encoded | None = None, held: object = None) -> None:
        """
        Args:
            data: the bytes.
            encoded: the same as canonical base64, where they came so; it is then handed on as it is.
            held: lives as long as the bytes, such as the memory that was set aside for them.
        """
        self._data = data
        self.encoded = encoded
        self.held = held

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def in_memory(self) -> int:
        """Bytes that it keeps in memory, in whatever form."""
        return len(self._data) + (len(self.encoded) if self.encoded is not None else 0)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self._data).hexdigest()

    def read(self) -> bytes:
        return self._data

    async def load(self) -> bytes:
        return self._data

    async def stream(self) -> AsyncIterator[bytes]:
        view = memoryview(self._data)
        for start in range(0, len(view), CHUNK):
            yield bytes(view[start : start + CHUNK])


class FileBlob:
    """A file that nobody writes any more. Whoever made it removes it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path = path
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    @cached_property
    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self) -> bytes:
        return self.path.read_bytes()

    async def load(self) -> bytes:
        return await asyncio.to_thread(self.read)

    async def stream(self) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self.path.open, "rb")
        try:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk
        finally:
            await asyncio.to_thread(file.close)


async def to_base64(blob: Blob) -> Encoded:
    """Standard base64 with padding and without a data prefix; encoded in a worker thread when it is very long."""
    if isinstance(blob, MemoryBlob) and blob.encoded is not None:
        return blob.encoded
    data = await blob.load()
    if blob.size <= ENCODED_AT_ONCE:
        return pybase64.b64encode(data)
    return await asyncio.to_thread(pybase64.b64encode, data)
