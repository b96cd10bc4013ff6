"""The memory in front of a store; the contract suite runs over it too."""

from __future__ import annotations

import pytest

from gateway.blob import MemoryBlob
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Draft, Store, StoredPicture, Usage
from gateway.hosting.stores.front import FrontedStore, MemoryPicture
from gateway.images import ImageFormat, Operation

DATA = b"x" * 1000


class CountedPicture(MemoryPicture):
    def __init__(self, name: HostedName, data: bytes, store: CountingStore) -> None:
        super().__init__(name, data)
        self._store = store

    async def load(self) -> bytes:
        self._store.loaded += 1
        return await super().load()


class CountingStore:
    """Holds pictures in a dictionary and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.loaded = 0
        self.evicted_before = 0.0
        self._held: dict[HostedName, bytes] = {}

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def put(self, draft: Draft) -> HostedName:
        name = HostedName.make(1_000_000, lambda n: b"r" * n, draft.blob.sha256, draft.operation, draft.format)
        self._held[name] = draft.blob.read()
        return name

    async def get(self, name: HostedName) -> StoredPicture | None:
        self.asked += 1
        data = self._held.get(name)
        return CountedPicture(name, data, self) if data is not None else None

    def admit(self) -> None: ...

    async def probe(self) -> None: ...

    async def delete(self, name: HostedName) -> bool:
        return self._held.pop(name, None) is not None

    def expires_at(self, name: HostedName) -> float:
        return name.created + 60

    def usage(self) -> Usage:
        return Usage(len(self._held), 0)


async def stored(front: Store, data: bytes = DATA) -> HostedName:
    return await front.put(Draft(MemoryBlob(data), Operation.GENERATE, ImageFormat.PNG))


async def read(front: Store, name: HostedName) -> bytes | None:
    picture = await front.get(name)
    return await picture.load() if picture else None


async def test_the_store_is_asked_once() -> None:
    behind = CountingStore()
    front = FrontedStore(behind, memory=2**20)
    name = await stored(front)
    assert [await read(front, name) for _ in range(3)] == [DATA] * 3
    assert behind.asked == 1


async def test_who_asks_only_whether_it_is_there_has_nothing_read_and_nothing_kept() -> None:
    behind = CountingStore()
    front = FrontedStore(behind, memory=2**20)
    name = await stored(front)
    for _ in range(2):
        picture = await front.get(name)
        assert picture is not None
        assert picture.size == len(DATA)
        await picture.close()
    assert (behind.asked, behind.loaded) == (2, 0)
    assert [await read(front, name) for _ in range(2)] == [DATA] * 2
    assert (behind.asked, behind.loaded) == (3, 1)


async def test_what_was_evicted_behind_is_gone_in_front() -> None:
    behind = CountingStore()
    front = FrontedStore(behind, memory=2**20)
    name = await stored(front)
    await read(front, name)
    behind.evicted_before = name.created + 1
    await behind.delete(name)
    assert await read(front, name) is None


async def test_what_was_deleted_is_gone() -> None:
    front = FrontedStore(CountingStore(), memory=2**20)
    name = await stored(front)
    await read(front, name)
    assert await front.delete(name)
    assert await read(front, name) is None


@pytest.mark.parametrize("memory", [0, 1000, 7999])
async def test_a_large_share_of_the_memory_is_not_kept(memory: int) -> None:
    behind = CountingStore()
    front = FrontedStore(behind, memory=memory)
    name = await stored(front)
    await read(front, name)
    await read(front, name)
    assert behind.asked == 2


async def test_the_memory_is_bounded() -> None:
    behind = CountingStore()
    front = FrontedStore(behind, memory=8000)
    names = [await stored(front, bytes([index]) * 1000) for index in range(20)]
    for name in names:
        await read(front, name)
    for name in names:
        await read(front, name)
    assert behind.asked == 40  # each was driven out before its turn came again
