"""A stored file held open: it is read to its end whatever happens to its name, and checked against it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Callable
from io import FileIO
from typing import ParamSpec, TypeVar

from gateway.blob import CHUNK
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import ClosedAtTheEnd, DamagedPicture
from gateway.hosting.stores.failures import as_unavailable
from gateway.hosting.stores.threads import Threads
from gateway.logs import event

AT_ONCE = 1024 * 1024
"""Bytes up to which a picture is read into memory before any of it is given out."""

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)


class FilePicture(ClosedAtTheEnd):
    """A `gateway.hosting.stores.base.StoredPicture`.

    Nothing is given out unverified, ranges included: a file that is too large for memory is hashed once
    before its first chunk, which then comes from the same pages. Damage is a clean 404, never a torn answer.
    """

    def __init__(self, name: HostedName, file: FileIO, threads: Threads) -> None:
        """Touches the disk."""
        self.name = name
        self.size = os.fstat(file.fileno()).st_size
        self._file = file
        self._threads = threads
        self._is_verified = False

    async def load(self) -> bytes:
        return self._whole(await self._in_thread(self._read_whole))

    async def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        stop = self.size if stop is None else stop
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"no range {start}:{stop} in {self.size} bytes")
        if self.size <= AT_ONCE:
            yield (await self.load())[start:stop]
            return
        if not await self._in_thread(self._verify):
            raise self._damaged()
        for position in range(start, stop, CHUNK):
            yield self._whole(await self._in_thread(self._read, position, min(position + CHUNK, stop)))

    async def close(self) -> None:
        # In a thread: freeing a file that was deleted meanwhile takes its time. Shielded: a client that has what it
        # wanted may leave in this very moment.
        await asyncio.shield(asyncio.to_thread(self._file.close))

    def abandon(self) -> None:
        """Close without waiting for it."""
        self._file.close()

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with as_unavailable("read"):
            return await self._threads.run(work, *args, **kwargs)

    def _whole(self, data: bytes | None) -> bytes:
        if data is None:
            raise self._damaged()
        return data

    def _damaged(self) -> DamagedPicture:
        event(_log, logging.ERROR, "stored picture is damaged", picture=self.name)
        return DamagedPicture(self.name)

    def _read(self, start: int, stop: int) -> bytes | None:
        """Exactly these bytes, or None if the file became shorter. Readers share the file, so nothing seeks."""
        pieces: list[bytes] = []
        while start < stop:
            piece = os.pread(self._file.fileno(), stop - start, start)
            if not piece:
                return None
            pieces.append(piece)
            start += len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_whole(self) -> bytes | None:
        data = self._read(0, self.size)
        if data is None or not self.name.certifies(hashlib.sha256(data).hexdigest()):
            return None
        return data

    def _verify(self) -> bool:
        if not self._is_verified:
            self._is_verified = self.name.certifies(self._digest())
        return self._is_verified

    def _digest(self) -> str:
        digest, buffer, position = hashlib.sha256(), memoryview(bytearray(CHUNK)), 0
        while count := os.preadv(self._file.fileno(), [buffer], position):
            digest.update(buffer[:count])
            position += count
        return digest.hexdigest()
