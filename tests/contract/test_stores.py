"""What every store promises. A new one adds a row to the table and passes (H4)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pytest
from support.google_storage import serving_google
from support.object_stores import serving_azure, serving_s3

from gateway.blob import Blob, FileBlob, MemoryBlob
from gateway.clock import SystemClock
from gateway.config import ImagesConfig
from gateway.hosting.names import HALF_TOKEN, HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores import STORES
from gateway.hosting.stores.base import DamagedPicture, Draft, Store, StoredPicture, Usage
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.stores.front import FrontedStore
from gateway.hosting.stores.shards import path_of
from gateway.images import OUTPUT_FORMATS, ImageFormat, Operation

SMALL = secrets.token_bytes(1000)
LARGE = secrets.token_bytes(3_000_000)
NOW = 1_763_989_628.0  # 2025-11-24 13:07:08 UTC
"""The time at which every store of this suite believes to live."""


class Standing(SystemClock):
    """Its wall clock stands still."""

    def time(self) -> float:
        return NOW


class Place(Protocol):
    """Where a store keeps its pictures, seen from behind."""

    def store(self, retention: Retention) -> Store:
        """A store on this place, not opened yet; a second one continues where the first was closed."""

    def overwrite(self, name: HostedName, data: bytes) -> None:
        """Damage a picture."""


@dataclass
class FilePlace:
    root: Path

    def store(self, retention: Retention) -> Store:
        return FileStore(self.root, retention, clock=Standing())

    def overwrite(self, name: HostedName, data: bytes) -> None:
        next(self.root.rglob(str(name))).write_bytes(data)


class FrontedPlace(FilePlace):
    def store(self, retention: Retention) -> Store:
        return FrontedStore(super().store(retention), memory=2**20)


@dataclass
class BucketPlace:
    """A prefix of its own in a bucket that the tests share."""

    config: ImagesConfig

    def store(self, retention: Retention) -> Store:
        from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - skipped without the extra
        from gateway.hosting.stores.object_store import ObjectStore  # noqa: PLC0415 - likewise

        return ObjectStore(make_bucket(self.config), retention, clock=Standing())

    def overwrite(self, name: HostedName, data: bytes) -> None:
        from gateway.hosting.stores.bucket import make_bucket  # noqa: PLC0415 - likewise

        bucket = make_bucket(self.config)
        with ThreadPoolExecutor(1) as thread:  # a loop of its own: this one is running
            thread.submit(asyncio.run, bucket.replace(path_of(name), data)).result()


def in_bucket(images: dict[str, Any]) -> BucketPlace:
    return BucketPlace(ImagesConfig.model_validate({**images, "store": f"{images['store']}/{secrets.token_hex(4)}"}))


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    with serving_s3() as server:
        yield server.images(server.bucket())


@pytest.fixture(scope="module")
def azure() -> Iterator[dict[str, Any]]:
    with serving_azure() as images:
        yield images


@pytest.fixture(scope="module")
def google() -> Iterator[dict[str, Any]]:
    with serving_google() as images:
        yield images


PLACES = ("file", "file behind memory", "s3", "az", "gs")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    match request.param:
        case "s3":
            return in_bucket(request.getfixturevalue("s3"))
        case "az":
            return in_bucket(request.getfixturevalue("azure"))
        case "gs":
            return in_bucket(request.getfixturevalue("google"))
        case "file behind memory":
            return FrontedPlace(tmp_path / "images")
        case _:
            return FilePlace(tmp_path / "images")


@asynccontextmanager
async def opened(place: Place, retention: Retention | None = None) -> AsyncIterator[Store]:
    store = place.store(retention or Retention())
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with opened(place) as store:
        yield store


def draft(data: bytes = SMALL, operation: Operation = Operation.EDIT, kind: ImageFormat = ImageFormat.PNG) -> Draft:
    return Draft(MemoryBlob(data), operation, kind)


async def load(store: Store, name: HostedName) -> bytes | None:
    picture = await store.get(name)
    if picture is None:
        return None
    async with picture:
        return await picture.load()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what a store does in the background; fail after five seconds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a store tells nobody when it is done
            await asyncio.sleep(0.001)


async def given_out(picture: StoredPicture) -> list[int]:
    """Sizes of the chunks that come before the damage is noticed."""
    sizes: list[int] = []
    with suppress(DamagedPicture):
        async for chunk in picture.stream():
            sizes.append(len(chunk))  # noqa: PERF401 - it is kept when the stream fails
        pytest.fail("the damage was not noticed")
    return sizes


def test_every_store_of_the_table_is_held_to_this() -> None:
    assert set(PLACES) >= STORES.keys()


@pytest.mark.parametrize("data", [SMALL, LARGE, b"1"])
async def test_what_was_put_is_got(store: Store, data: bytes) -> None:
    assert await load(store, await store.put(draft(data))) == data


async def test_a_file_is_kept_like_bytes_in_memory(store: Store, tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(LARGE)
    blob: Blob = FileBlob(tmp_path / "made", len(LARGE))
    name = await store.put(Draft(blob, Operation.UPSCALE, ImageFormat.WEBP))
    (tmp_path / "made").unlink()

    assert await load(store, name) == LARGE


@pytest.mark.parametrize("operation", Operation)
@pytest.mark.parametrize("kind", OUTPUT_FORMATS)
async def test_the_name_tells_what_it_names(store: Store, operation: Operation, kind: ImageFormat) -> None:
    name = await store.put(draft(SMALL, operation, kind))

    assert (name.operation, name.format) == (operation, kind)
    assert name.created == int(NOW)
    assert name.certifies(MemoryBlob(SMALL).sha256)
    assert HostedName.parse(str(name)) == name


async def test_the_same_bytes_twice_are_two_pictures(store: Store) -> None:
    one, other = await store.put(draft()), await store.put(draft())
    await store.delete(one)

    assert one != other
    assert await load(store, other) == SMALL


async def test_everything_but_the_secret_opens_nothing(store: Store) -> None:
    name = await store.put(draft())
    guesses = [secrets.token_hex(HALF_TOKEN)[:HALF_TOKEN].translate(_BASE32) for _ in range(100)]

    for guess in guesses:
        assert await store.get(replace(name, secret=guess)) is None


_BASE32 = str.maketrans("0189", "wxyz")


@pytest.mark.parametrize("data", [SMALL, LARGE])
@pytest.mark.parametrize(("start", "stop"), [(0, None), (0, 0), (0, 1), (1, 999), (500, None), (1000, 1000)])
async def test_a_range_is_that_part(store: Store, data: bytes, start: int, stop: int | None) -> None:
    picture = await store.get(await store.put(draft(data)))
    assert picture is not None
    async with picture:
        assert picture.size == len(data)
        assert b"".join([chunk async for chunk in picture.stream(start, stop)]) == data[start:stop]


@pytest.mark.parametrize(("start", "stop"), [(-1, 1), (2, 1), (0, 1001), (1001, None)])
async def test_a_range_outside_of_the_picture_is_an_error(store: Store, start: int, stop: int | None) -> None:
    picture = await store.get(await store.put(draft()))
    assert picture is not None
    async with picture:
        with pytest.raises(ValueError, match="range"):
            await anext(picture.stream(start, stop))


async def test_a_deleted_picture_is_gone_and_was_there_once(store: Store) -> None:
    name = await store.put(draft())

    assert [await store.delete(name), await store.delete(name)] == [True, False]
    assert await store.get(name) is None


@pytest.mark.parametrize("data", [SMALL, LARGE])
async def test_what_is_deleted_while_it_is_read_is_read_to_its_end(store: Store, data: bytes) -> None:
    name = await store.put(draft(data))
    picture = await store.get(name)
    assert picture is not None
    async with picture:
        stream = picture.stream()
        first = await anext(stream)
        await store.delete(name)
        assert first + b"".join([chunk async for chunk in stream]) == data


@pytest.mark.parametrize("data", [SMALL, LARGE])
@pytest.mark.parametrize("harm", [lambda data: data[:-1] + b"?", lambda data: data[:-1], lambda data: data + b"?"])
async def test_a_damaged_picture_is_never_given_out(
    store: Store, place: Place, data: bytes, harm: Callable[[bytes], bytes]
) -> None:
    name = await store.put(draft(data))
    place.overwrite(name, harm(data))
    with pytest.raises(DamagedPicture):
        await load(store, name)
    try:
        picture = await store.get(name)
    except DamagedPicture:
        return  # found before anything is given out
    assert picture is not None
    async with picture:
        assert sum(await given_out(picture)) < len(data) - 1


async def test_a_damaged_picture_is_a_missing_one_to_clients(store: Store, place: Place) -> None:
    name = await store.put(draft())
    place.overwrite(name, b"other")
    with pytest.raises(DamagedPicture) as refused:
        await load(store, name)

    assert (refused.value.status, refused.value.message) == (404, "Image not found or expired")


async def test_usage_follows_puts_and_deletes(place: Place) -> None:
    async with opened(place) as store:
        names = [await store.put(draft(SMALL[:size])) for size in (10, 20, 30)]
        await store.delete(names[1])

        assert store.usage() == Usage(2, 40)


async def test_pictures_and_totals_outlive_the_process(place: Place) -> None:
    async with opened(place) as before:
        name = await before.put(draft())
    async with opened(place) as after:
        assert await load(after, name) == SMALL
        await until(lambda: after.usage() == Usage(1, len(SMALL)))


async def test_a_picture_ends_after_its_time_to_live(place: Place) -> None:
    async with opened(place, Retention(ttl=600)) as store:
        assert store.expires_at(await store.put(draft())) == int(NOW) + 600


async def test_over_budget_the_oldest_go_and_the_store_says_so(place: Place) -> None:
    async with opened(place, Retention(max_size=2500)) as store:
        at_first = store.evicted_before
        names = [await store.put(draft()) for _ in range(4)]
        await until(lambda: store.usage().bytes <= 2500)

        assert at_first <= NOW < store.evicted_before
        assert len([name for name in names if await load(store, name)]) == store.usage().images


async def test_many_writers_at_once_each_get_their_own(store: Store) -> None:
    data = [secrets.token_bytes(2000) for _ in range(200)]
    names = await asyncio.gather(*(store.put(draft(one)) for one in data))

    assert await asyncio.gather(*(load(store, name) for name in names)) == data
    assert store.usage() == Usage(200, 400_000)
