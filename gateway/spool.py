"""Bytes that came from outside: in memory while they are few, in files without a name when they are many.

Such a file has no name from the start, so a crash leaves nothing behind; it is gone when the last who holds it
lets go. It lies in the directory for temporary files, which `TMPDIR` chooses.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TypeAlias

from gateway.blob import CHUNK, Blob, MemoryBlob
from gateway.errors import Unavailable

IN_MEMORY = 256 * 1024
"""Bytes that one request may keep in memory while it waits for its pictures: 512 requests keep 128 MiB."""

Piece: TypeAlias = bytes | bytearray | memoryview


class SpooledBlob:
    """A range of a file without a name. Reading it touches the disk, though mostly the kernel's memory."""

    def __init__(self, file: _NamelessFile, start: int, size: int) -> None:
        self._file = file
        self._start = start
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    @cached_property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for piece in self.pieces():
            digest.update(piece)
        return digest.hexdigest()

    def part(self, start: int, stop: int) -> SpooledBlob:
        """The bytes from `start` up to but not including `stop`, in the same file."""
        return SpooledBlob(self._file, self._start + start, stop - start)

    def pieces(self) -> Iterator[bytes]:
        for at in range(0, self._size, CHUNK):
            yield self._file.read(self._start + at, min(CHUNK, self._size - at))

    def read(self) -> bytes:
        return self._file.read(self._start, self._size)

    async def load(self) -> bytes:
        return await asyncio.to_thread(self.read)

    async def stream(self) -> AsyncIterator[bytes]:
        pieces = self.pieces()
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece


class Spool:
    """Where the bytes of one request are kept, be they many or few."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._left = in_memory

    def draft(self) -> SpoolDraft:
        """For bytes that come one after another."""
        return SpoolDraft(self)

    def keep(self, data: bytes) -> Blob:
        """`data`, which is here already. Blocks.

        Raises:
            Unavailable: the disk is full.
        """
        if self.takes(len(data)):
            return MemoryBlob(data)
        file = _NamelessFile.make()
        file.append([data])
        return SpooledBlob(file, 0, len(data))

    def takes(self, size: int) -> bool:
        """Whether there is room in memory for `size` bytes more; if so it is taken."""
        if size > self._left:
            return False
        self._left -= size
        return True


class SpoolDraft:
    """Bytes of which nobody knows how many will follow."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._file: _NamelessFile | None = None
        self.size = 0

    async def add(self, piece: bytes) -> None:
        """Raises Unavailable when the disk is full."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        self.size += len(piece)
        if self._file is None and self._spool.takes(len(piece)):
            return
        if self._file is None or self._waiting >= CHUNK:
            await self._write()

    async def finish(self) -> Blob:
        """Raises like `add`."""
        if self._file is None:
            return MemoryBlob(b"".join(self._pieces))
        await self._write()
        return SpooledBlob(self._file, 0, self.size)

    async def _write(self) -> None:
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        if self._file is None:
            self._file = await asyncio.to_thread(_NamelessFile.make)
        await asyncio.to_thread(self._file.append, pieces)


class _NamelessFile:
    """Closed, and thereby gone, when nobody refers to it any more: work on a picture may outlive its request."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    @classmethod
    def make(cls) -> _NamelessFile:
        # Python unlinks the file at once, or never links it where the system can do that.
        with _a_full_disk_told(), tempfile.TemporaryFile(buffering=0) as file:
            return cls(os.dup(file.fileno()))

    def append(self, pieces: Iterable[Piece]) -> None:
        with _a_full_disk_told():
            for piece in pieces:
                view = memoryview(piece)
                while view:
                    view = view[os.write(self._descriptor, view) :]

    def read(self, start: int, size: int) -> bytes:
        """Safe in several threads at once: it has no position."""
        data = os.pread(self._descriptor, size, start)
        while len(data) < size:  # the kernel reads 2 GiB at most, and less when it likes
            more = os.pread(self._descriptor, size - len(data), start + len(data))
            if not more:
                raise EOFError("a spooled file is shorter than what was written to it")
            data += more
        return data


@contextmanager
def _a_full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("The gateway has no room for this upload now") from error
