"""Ten thousand pictures: what a start, a put, a get and a sweep touch, counted in calls and not in time."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.blob import MemoryBlob
from gateway.clock import Clock
from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE, Retention
from gateway.hosting.stores.base import Draft, Usage
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.stores.shards import Shard
from gateway.images import ImageFormat, Operation

NOW = 1_763_989_628.0  # where `clock` stands
MINUTES, EACH = 100, 100
TTL = 86_400.0
Seeded = tuple[Path, list[HostedName]]
Open = Callable[[Path], Awaitable[FileStore]]
Counted = Callable[[], AbstractContextManager[Counter[str]]]


def seed(root: Path) -> Seeded:
    """Pictures of the last hundred minutes, one byte each."""
    names = [
        HostedName.make(NOW - 60 * minute, secrets.token_bytes, "00" * 32, Operation.EDIT, ImageFormat.PNG)
        for minute in range(MINUTES)
        for _ in range(EACH)
    ]
    for folder in {root / str(Shard.of(name)) for name in names}:
        folder.mkdir(parents=True)
    for name in names:
        descriptor = os.open(root / str(Shard.of(name)) / str(name), os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, b"x")
        os.close(descriptor)
    return root, names


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """Ten thousand pictures that every test leaves where they are."""
    return seed(tmp_path_factory.mktemp("seeded"))


@pytest.fixture
async def open_root(clock: Clock) -> AsyncIterator[Open]:
    """Open a store that was counted in an earlier life."""
    stores: list[FileStore] = []

    async def opened(root: Path) -> FileStore:
        first = FileStore(root, Retention(TTL), clock=clock)
        await first.open()
        await first.recount()
        await first.close()
        stores.append(FileStore(root, Retention(TTL), clock=clock))
        await stores[-1].open()
        return stores[-1]

    yield opened
    for store in stores:
        await store.close()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Count the calls that look at directories or take something out of them."""

    @contextmanager
    def counting() -> Iterator[Counter[str]]:
        calls: Counter[str] = Counter()

        def noted(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: object, **keywords: object) -> Any:
                calls[name] += 1
                return real(*args, **keywords)

            return call

        with monkeypatch.context() as patched:
            for name in ("scandir", "listdir", "unlink", "rmdir"):
                patched.setattr(os, name, noted(name, getattr(os, name)))
            yield calls

    return counting


async def test_a_start_looks_at_the_scratch_folder_and_for_the_oldest_minute_alone(
    open_root: Open, seeded: Seeded, clock: Clock, counted: Counted
) -> None:
    await (await open_root(seeded[0])).close()
    store = FileStore(seeded[0], Retention(TTL), clock=clock)
    with counted() as calls:
        await store.open()
    await store.close()

    assert calls["scandir"] <= 4  # scratch, days, minutes of the oldest, and what was open when it ended, if any was
    assert calls["listdir"] == 0
    assert store.usage().images >= len(seeded[1])


async def test_a_put_lists_its_own_minute_once(
    open_root: Open, seeded: Seeded, counted: Counted, advance: Callable[[float], None]
) -> None:
    store = await open_root(seeded[0])
    advance(60)
    with counted() as calls:
        for _ in range(20):
            await store.put(Draft(MemoryBlob(b"picture"), Operation.EDIT, ImageFormat.PNG))

    assert calls["scandir"] <= 1
    assert calls["unlink"] == calls["listdir"] == 0


async def test_a_get_lists_nothing(open_root: Open, seeded: Seeded, counted: Counted) -> None:
    store = await open_root(seeded[0])
    with counted() as calls:
        for name in seeded[1][::200]:
            picture = await store.get(name)
            assert picture is not None
            await picture.close()

    assert not calls


async def test_a_sweep_with_nothing_to_do_looks_at_two_directories(
    open_root: Open, seeded: Seeded, counted: Counted
) -> None:
    store = await open_root(seeded[0])
    with counted() as calls:
        await store.sweep()

    assert calls == {"scandir": 2}


async def test_a_sweep_touches_what_expires_and_nothing_else(
    open_root: Open, tmp_path: Path, counted: Counted, advance: Callable[[float], None]
) -> None:
    store = await open_root(seed(tmp_path)[0])
    advance(TTL + GRACE - 60 * (MINUTES - 3))
    with counted() as calls:
        removed = await store.sweep()

    assert removed == Usage(3 * EACH, 3 * EACH)
    assert calls["unlink"] == 3 * EACH
    assert calls["scandir"] <= 2 + 2 * 3 + 1  # days and minutes, the expired ones twice, the one after them
