"""Many at once: writers, readers, the janitor and a second process on one root (H5, H9)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from gateway.blob import MemoryBlob
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Draft, Usage
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.verification import verify
from gateway.images import ImageFormat, Operation

READS = 10_000
OpenStore = Callable[..., Awaitable[FileStore]]


async def kept(store: FileStore, data: bytes) -> HostedName:
    return await store.put(Draft(MemoryBlob(data), Operation.EDIT, ImageFormat.JPEG))


async def loaded(store: FileStore, name: HostedName) -> bytes | None:
    picture = await store.get(name)
    if picture is None:
        return None
    async with picture:
        return await picture.load()


async def test_200_writers_of_the_same_and_of_different_pictures(open_store: OpenStore, tmp_path: Path) -> None:
    store = await open_store()
    data = [secrets.token_bytes(5000) if number % 2 else bytes(5000) for number in range(200)]
    names = await asyncio.gather(*(kept(store, one) for one in data))
    read = await asyncio.gather(*(loaded(store, name) for name in names))

    assert len(set(names)) == 200
    assert read == data
    assert store.usage() == Usage(200, 200 * 5000)
    assert verify(tmp_path / "images").damaged == ()


async def test_readers_race_the_janitor_and_get_all_or_nothing(
    open_store: OpenStore, advance: Callable[[float], None]
) -> None:
    store = await open_store(max_size=20_000)
    names = [await kept(store, secrets.token_bytes(1000))]
    reads, missing = 0, 0

    async def write() -> None:
        while reads < READS:
            names.append(await kept(store, secrets.token_bytes(1000)))
            advance(1)
            await store.sweep()

    async def read() -> None:
        nonlocal reads, missing
        while reads < READS:
            reads += 1
            data = await loaded(store, names[-secrets.randbelow(min(len(names), 30)) - 1])
            missing += data is None
            assert data is None or len(data) == 1000  # and it is verified

    await asyncio.gather(write(), *(read() for _ in range(8)))

    assert 0 < missing < reads


async def test_puts_outlast_a_sweep_that_empties_their_directory(
    open_store: OpenStore, advance: Callable[[float], None], tmp_path: Path
) -> None:
    store = await open_store(ttl=1, max_size=3000)
    await store.recount()

    async def sweep() -> None:
        for _ in range(200):
            advance(20)
            await store.sweep()

    async def write() -> None:
        for _ in range(50):
            await kept(store, secrets.token_bytes(100))

    await asyncio.gather(sweep(), *(write() for _ in range(4)))
    files = list((tmp_path / "images").rglob("*.jpg"))

    assert store.usage() == Usage(len(files), 100 * len(files))


async def test_stores_that_share_a_root_neither_crash_nor_corrupt(
    open_store: OpenStore, advance: Callable[[float], None], tmp_path: Path
) -> None:
    stores = [await open_store(ttl=1, max_size=3000) for _ in range(3)]

    async def work(store: FileStore) -> None:
        for _ in range(40):
            await kept(store, secrets.token_bytes(100))
            advance(7)
            await store.sweep()

    await asyncio.gather(*(work(store) for store in stores))
    for store in stores:
        await store.recount()
    report = verify(tmp_path / "images")

    assert (report.damaged, report.foreign, report.unfinished) == ((), 0, 0)
    assert {store.usage().images for store in stores} == {report.good}
