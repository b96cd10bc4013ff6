"""Where a picture is written that was coded anew: few bytes stay in memory, many lie in a file without a name.

So pictures that wait for a backend, or for a slow client, do not fill the memory that was meant for decoding.
"""

from __future__ import annotations

from gateway.blob import CHUNK, Blob
from gateway.spool import NamelessFile, Spool, SpooledBlob, SpoolMemory

LARGEST_IN_MEMORY = 4 * 2**20
"""Bytes of one picture. What is larger is left to the disk while it is still written."""

_SHARED = SpoolMemory()
"""For the whole process, beside the little that each picture may keep of its own."""


class Output:
    """What an encoder takes for a file; it only writes, from the beginning to the end."""

    def __init__(self, shared: SpoolMemory = _SHARED) -> None:
        self._shared = shared
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._size = 0
        self._file: NamelessFile | None = None

    def write(self, piece: bytes) -> int:
        """Raises Unavailable when the disk is full."""
        self._pieces.append(piece)
        self._waiting += len(piece)
        self._size += len(piece)
        if self._waiting >= (LARGEST_IN_MEMORY if self._file is None else CHUNK):
            self._to_disk()
        return len(piece)

    def finish(self) -> Blob:
        """All that was written. Raises like `write`."""
        spool = Spool(shared=self._shared)
        if self._file is None and spool.reserve(self._size):
            return spool.in_memory(b"".join(self._pieces))
        return SpooledBlob(self._to_disk(), 0, self._size)

    def _to_disk(self) -> NamelessFile:
        self._file = self._file or NamelessFile.make()
        self._file.append(self._pieces)
        self._pieces, self._waiting = [], 0
        return self._file
