"""A picture in an object store, held open by the answer that brings it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator

from gateway.blob import CHUNK
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import ClosedAtTheEnd, DamagedPicture
from gateway.hosting.stores.bucket import Bucket, Opened
from gateway.logs import event

AT_ONCE = 1024 * 1024
"""Bytes up to which a picture is read into memory before any of it is given out."""
PART = 4 * CHUNK
"""Bytes of one request for a part of a large picture."""

_log = logging.getLogger("gateway.hosting.stores")


class ObjectPicture(ClosedAtTheEnd):
    """A `gateway.hosting.stores.base.StoredPicture`.

    A whole picture is checked against its name before its last chunk leaves. A part of one that is too large for
    memory is given out as the store has it, which checks what it keeps itself: to hold it against the digest, all
    of it would have to be fetched for every part.
    """

    def __init__(self, name: HostedName, path: str, opened: Opened, bucket: Bucket) -> None:
        self.name = name
        self.size = opened.size
        self._path = path
        self._opened: Opened | None = opened
        self._bucket = bucket
        self._data: bytes | None = None

    async def load(self) -> bytes:
        if self._data is None:
            data = await (await self._content()).read()
            digest = await asyncio.to_thread(hashlib.sha256, data)
            if not self.name.certifies(digest.hexdigest()):
                raise self._damaged()
            self._data = data
        return self._data

    async def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        stop = self.size if stop is None else stop
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"no range {start}:{stop} in {self.size} bytes")
        if self.size <= AT_ONCE or self._data is not None:
            yield (await self.load())[start:stop]
            return
        pieces = self._whole() if (start, stop) == (0, self.size) else self._parts(start, stop)
        async for piece in pieces:
            yield piece

    async def close(self) -> None:
        """What was not read is dropped with its connection."""
        self._opened = None

    async def _content(self) -> Opened:
        """Read once, an answer is used up; whoever reads again asks again."""
        opened, self._opened = self._opened, None
        opened = opened or await self._bucket.get(self._path)
        if opened is None:
            raise DamagedPicture(self.name)  # deleted since it was opened
        return opened

    async def _whole(self) -> AsyncIterator[bytes]:
        """Each chunk leaves when the next one is here, so that the last leaves once the digest is known."""
        digest, held = hashlib.sha256(), b""
        async for chunk in (await self._content()).chunks():
            if held:
                yield held
            digest.update(chunk)
            held = chunk
        if not self.name.certifies(digest.hexdigest()):
            raise self._damaged()
        yield held

    async def _parts(self, start: int, stop: int) -> AsyncIterator[bytes]:
        for position in range(start, stop, PART):
            end = min(position + PART, stop)
            piece = await self._bucket.get_range(self._path, position, end)
            if piece is None or len(piece) != end - position:
                raise self._damaged()
            yield piece

    def _damaged(self) -> DamagedPicture:
        event(_log, logging.ERROR, "stored picture is damaged", picture=self.name)
        return DamagedPicture(self.name)
