"""A bounded memory of pictures in front of a store: what is asked for often is verified once and served from here."""

from __future__ import annotations

from collections.abc import AsyncIterator

from cachetools import LRUCache

from gateway.blob import CHUNK
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import ClosedAtTheEnd, Draft, Store, StoredPicture, Usage

LARGEST_SHARE = 8
"""A picture that would take more than this part of the memory is not kept: it would drive the others out."""


class MemoryPicture(ClosedAtTheEnd):
    """A `gateway.hosting.stores.base.StoredPicture` whose bytes were verified when they were read."""

    def __init__(self, name: HostedName, data: bytes) -> None:
        self.name = name
        self.size = len(data)
        self._data = data

    async def load(self) -> bytes:
        return self._data

    async def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        stop = self.size if stop is None else stop
        if not 0 <= start <= stop <= self.size:
            raise ValueError(f"no range {start}:{stop} in {self.size} bytes")
        for position in range(start, stop, CHUNK):
            yield self._data[position : min(position + CHUNK, stop)]


class _Remembered(ClosedAtTheEnd):
    """A `gateway.hosting.stores.base.StoredPicture` that is kept once somebody has read it whole.

    Who only asks whether it has changed reads nothing, and drives nothing out.
    """

    def __init__(self, stored: StoredPicture, kept: LRUCache[HostedName, bytes]) -> None:
        self.name = stored.name
        self.size = stored.size
        self._stored = stored
        self._kept = kept

    async def load(self) -> bytes:
        data = self._kept[self.name] = await self._stored.load()
        return data

    def stream(self, start: int = 0, stop: int | None = None) -> AsyncIterator[bytes]:
        return self._stored.stream(start, stop)

    async def close(self) -> None:
        await self._stored.close()


class FrontedStore:
    """A `gateway.hosting.stores.base.Store` that remembers what it gave."""

    def __init__(self, store: Store, memory: int) -> None:
        """`memory` in bytes."""
        self._store = store
        self.expires_at = store.expires_at  # asked twice a request, so not handed on from store to store
        self._largest = memory // LARGEST_SHARE
        self._kept: LRUCache[HostedName, bytes] = LRUCache(max(1, memory), getsizeof=len)

    async def open(self) -> None:
        await self._store.open()

    async def put(self, draft: Draft) -> HostedName:
        return await self._store.put(draft)

    async def get(self, name: HostedName) -> StoredPicture | None:
        try:
            data = self._kept[name]
        except KeyError:
            pass
        else:
            if name.created >= self._store.evicted_before:
                return MemoryPicture(name, data)
            del self._kept[name]
        stored = await self._store.get(name)
        return stored if stored is None or stored.size > self._largest else _Remembered(stored, self._kept)

    def admit(self) -> None:
        self._store.admit()

    async def probe(self) -> None:
        await self._store.probe()

    async def delete(self, name: HostedName) -> bool:
        self._kept.pop(name, None)
        return await self._store.delete(name)

    @property
    def evicted_before(self) -> float:
        return self._store.evicted_before

    def usage(self) -> Usage:
        return self._store.usage()

    async def close(self) -> None:
        self._kept.clear()
        await self._store.close()
