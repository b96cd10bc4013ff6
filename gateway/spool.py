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
from threading import RLock
from typing import TypeAlias

from gateway.blob import CHUNK, Blob, MemoryBlob
from gateway.errors import Unavailable

IN_MEMORY = 256 * 1024
"""Bytes that one request may keep in memory while it waits for its pictures: 512 requests keep 128 MiB."""

SHARED = 48 * 2**20
"""Bytes that all requests together keep beyond that: some thirty photographs on their way to a backend."""

Piece: TypeAlias = bytes | bytearray | memoryview


class SpooledBlob:
    """A range of a file without a name. Reading it touches the disk, though mostly the kernel's memory."""

    def __init__(self, file: NamelessFile, start: int, size: int) -> None:
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


class SpoolMemory:
    """What all requests together may keep in memory beyond what each may: while there is room, no disk is asked."""

    def __init__(self, total: int = SHARED) -> None:
        self._free = total
        self._lock = RLock()  # bytes are let go of in worker threads too, and wherever the collector runs

    def take(self, size: int) -> bool:
        with self._lock:
            if size > self._free:
                return False
            self._free -= size
            return True

    def give_back(self, size: int) -> None:
        with self._lock:
            self._free += size


class _Loan:
    """What one request has of the shared memory. It is given back with the last of the bytes that it was for."""

    __slots__ = ("_memory", "_size")

    def __init__(self, memory: SpoolMemory) -> None:
        self._memory = memory
        self._size = 0

    def add(self, size: int) -> bool:
        if not self._memory.take(size):
            return False
        self._size += size
        return True

    def __del__(self) -> None:
        self._memory.give_back(self._size)


class Spool:
    """Where the bytes of one request are kept, be they many or few."""

    def __init__(self, in_memory: int = IN_MEMORY, shared: SpoolMemory | None = None) -> None:
        self._left = in_memory
        self._loan = _Loan(shared) if shared is not None else None

    def draft(self) -> SpoolDraft:
        """For bytes that come one after another."""
        return SpoolDraft(self)

    def keep(self, data: bytes) -> Blob:
        """`data`, which is here already. Blocks.

        Raises:
            Unavailable: the disk is full.
        """
        if self.reserve(len(data)):
            return self.in_memory(data)
        file = NamelessFile.make()
        file.append([data])
        return SpooledBlob(file, 0, len(data))

    def reserve(self, size: int) -> bool:
        """Set aside memory for `size` bytes more; whether there was room."""
        if size <= self._left:
            self._left -= size
            return True
        return self._loan is not None and self._loan.add(size)

    def in_memory(self, data: bytes) -> MemoryBlob:
        """For bytes whose room was taken."""
        return MemoryBlob(data, held=self._loan)


class SpoolDraft:
    """Bytes of which nobody knows how many will follow."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._pieces: list[Piece] = []
        self._waiting = 0
        self._file: NamelessFile | None = None
        self.size = 0

    async def add(self, piece: Piece) -> None:
        """Raises Unavailable when the disk is full."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        self.size += len(piece)
        if self._file is None and self._spool.reserve(len(piece)):
            return
        if self._file is None or self._waiting >= CHUNK:
            await self._write()

    async def finish(self) -> Blob:
        """Raises like `add`."""
        if self._file is None:
            return self._spool.in_memory(b"".join(self._pieces))
        await self._write()
        return SpooledBlob(self._file, 0, self.size)

    async def _write(self) -> None:
        pieces, self._pieces, self._waiting = self._pieces, [], 0
        if self._file is None:
            self._file = await asyncio.to_thread(NamelessFile.make)
        await asyncio.to_thread(self._file.append, pieces)


class NamelessFile:
    """Closed, and thereby gone, when nobody refers to it any more: work on a picture may outlive its request."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    @classmethod
    def make(cls) -> NamelessFile:
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
