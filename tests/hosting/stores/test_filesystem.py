"""Pictures as files: whole, durable, swept and counted (H5)."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
from collections.abc import Awaitable, Callable
from io import FileIO
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread

import pytest

from gateway.blob import CHUNK, FileBlob, MemoryBlob
from gateway.config_file import ConfigError
from gateway.errors import Unavailable
from gateway.hosting.clockwatch import HOLD_OFF
from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE
from gateway.hosting.stores.base import Draft, Usage
from gateway.hosting.stores.filesystem import RECOUNT_EVERY, RECOUNT_IN_COMPANY, SWEEP_EVERY, FileStore
from gateway.hosting.stores.lock import LOCK
from gateway.hosting.stores.record import RECORD
from gateway.hosting.verification import verify
from gateway.images import ImageFormat, Operation

DAY = 86_400.0
OpenStore = Callable[..., Awaitable[FileStore]]
Until = Callable[[Callable[[], bool]], Awaitable[None]]
Tick = Callable[[float], None]


def draft(data: bytes = b"picture") -> Draft:
    return Draft(MemoryBlob(data), Operation.GENERATE, ImageFormat.PNG)


async def is_there(store: FileStore, name: HostedName) -> bool:
    picture = await store.get(name)
    if picture is None:
        return False
    await picture.close()
    return True


@pytest.fixture
async def recorded(open_store: OpenStore, until: Until) -> FileStore:
    """An empty store that has no work left in the background."""
    store = await open_store()
    await until(lambda: store._ledger.on_record)
    return store


async def test_a_picture_lies_in_the_directory_of_its_minute(open_store: OpenStore, tmp_path: Path) -> None:
    store = await open_store()
    name = await store.put(draft())

    assert (tmp_path / "images/20251124/1307" / str(name)).read_bytes() == b"picture"


async def test_a_file_is_copied_in_pieces(open_store: OpenStore, tmp_path: Path) -> None:
    data = secrets.token_bytes(2 * CHUNK + 1)
    (tmp_path / "upscaled").write_bytes(data)
    store = await open_store()
    blob = FileBlob(tmp_path / "upscaled", len(data))
    name = await store.put(Draft(blob, Operation.UPSCALE, ImageFormat.WEBP))

    assert name.certifies(blob.sha256)
    assert (tmp_path / "images/20251124/1307" / str(name)).read_bytes() == data


async def test_the_disk_is_never_touched_on_the_event_loop(
    open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    touching: set[Thread] = set()

    def watched(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **keywords: object) -> object:
            touching.add(current_thread())
            return real(*args, **keywords)

        return call

    for name in ("open", "fsync", "rename", "unlink", "pread", "scandir", "mkdir", "fstat"):
        monkeypatch.setattr(os, name, watched(getattr(os, name)))
    store = await open_store()
    picture = await store.get(await store.put(draft()))
    assert picture is not None
    async with picture:
        await picture.load()
    await store.sweep()
    await store.delete(picture.name)

    assert touching
    assert main_thread() not in touching


@pytest.mark.parametrize("step", ["fsync", "rename", "open", "mkdir"])
@pytest.mark.parametrize(("number", "word"), [(errno.ENOSPC, "full"), (errno.EIO, "unavailable")])
async def test_a_put_that_fails_leaves_nothing_and_the_next_may_succeed(
    recorded: FileStore, monkeypatch: pytest.MonkeyPatch, step: str, number: int, word: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, "disk")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, fail)
        with pytest.raises(Unavailable, match=f"The image store is {word}"):
            await recorded.put(draft())
    left = {path.name for path in recorded._tree.root.rglob("*") if path.is_file()}

    assert left <= {LOCK, RECORD}
    assert recorded.usage() == Usage()
    assert await is_there(recorded, await recorded.put(draft()))


async def test_a_picture_larger_than_the_budget_is_refused(open_store: OpenStore) -> None:
    store = await open_store(max_size=6)

    with pytest.raises(Unavailable, match="full"):
        await store.put(draft(b"picture"))


async def test_unfinished_files_of_a_killed_process_are_removed_at_start(open_store: OpenStore, tmp_path: Path) -> None:
    (tmp_path / "images/tmp").mkdir(parents=True)
    (tmp_path / "images/tmp/half").write_bytes(b"pic")
    await open_store()

    assert list((tmp_path / "images/tmp").iterdir()) == []


async def test_unfinished_files_of_a_process_at_work_are_left_alone(open_store: OpenStore, tmp_path: Path) -> None:
    await open_store()
    (tmp_path / "images/tmp/half").write_bytes(b"pic")
    await open_store()

    assert (tmp_path / "images/tmp/half").exists()


async def test_two_processes_on_one_root_read_and_sweep_what_either_wrote(open_store: OpenStore, advance: Tick) -> None:
    one, other = await open_store(ttl=600), await open_store(ttl=600)
    name, name_2 = await one.put(draft(b"1")), await other.put(draft(b"2"))
    seen = [await is_there(other, name), await is_there(one, name_2)]
    advance(600 + GRACE + 60)
    swept = await asyncio.gather(one.sweep(), other.sweep())
    await asyncio.gather(one.recount(), other.recount())

    assert seen == [True, True]
    assert sum(swept, start=Usage()) == Usage(2, 2)
    assert one.usage() == other.usage() == Usage()


async def test_a_root_that_cannot_be_written_fails_at_start(tmp_path: Path, open_store: OpenStore) -> None:
    (tmp_path / "images").write_text("a file")

    with pytest.raises(ConfigError, match=r"images\.store: the folder .*/images cannot be used: File exists"):
        await open_store()


async def test_a_root_that_went_away_is_unavailable_and_not_missing(open_store: OpenStore, tmp_path: Path) -> None:
    store = await open_store()
    name = await store.put(draft())
    (tmp_path / "images").rename(tmp_path / "unmounted")
    for verb in (store.get(name), store.put(draft()), store.delete(name)):
        with pytest.raises(Unavailable, match="unavailable"):
            await verb
    (tmp_path / "unmounted").rename(tmp_path / "images")

    assert await is_there(store, name)


async def test_the_background_deletes_what_has_expired(
    until: Until, open_store: OpenStore, advance: Tick, tmp_path: Path
) -> None:
    store = await open_store(ttl=600)
    name = await store.put(draft())
    file = tmp_path / "images/20251124/1307" / str(name)
    advance(SWEEP_EVERY)
    await asyncio.sleep(0)
    advance(600 + GRACE)
    await until(lambda: not file.exists())


async def test_a_put_over_the_budget_wakes_the_sweep(until: Until, open_store: OpenStore) -> None:
    store = await open_store(max_size=100)
    first = await store.put(draft(bytes(60)))
    await store.put(draft(bytes(60)))
    await until(lambda: store.usage() == Usage(1, 60))

    assert first.created < store.evicted_before


@pytest.mark.parametrize("step", [DAY, -DAY, 365 * DAY])
async def test_a_clock_that_jumps_deletes_nothing(
    open_store: OpenStore, jump: Tick, advance: Tick, step: float
) -> None:
    store = await open_store(ttl=600)
    name = await store.put(draft())
    jump(step)
    await store.sweep()
    advance(HOLD_OFF / 2)
    await store.sweep()
    jump(-step)
    await store.sweep()

    assert await is_there(store, name)


async def test_a_clock_that_stays_ahead_is_believed_after_a_while(
    open_store: OpenStore, jump: Tick, advance: Tick
) -> None:
    store = await open_store(ttl=600)
    await store.put(draft())
    jump(DAY)
    at_first = await store.sweep()
    advance(HOLD_OFF)

    assert (at_first, await store.sweep()) == (Usage(), Usage(1, 7))


async def test_the_budget_is_kept_even_while_the_clock_is_not_trusted(open_store: OpenStore, jump: Tick) -> None:
    store = await open_store(max_size=100)
    for _ in range(12):
        await store.put(draft(bytes(9)))
    jump(DAY)
    await store.sweep()

    assert store.usage().bytes <= 95


async def test_totals_without_a_record_are_recounted_while_pictures_come_and_go(
    open_store: OpenStore, tmp_path: Path, advance: Tick
) -> None:
    store = await open_store()
    for _ in range(20):
        await store.put(draft())
        advance(60)
    await store.close()
    (tmp_path / "images" / RECORD).unlink(missing_ok=True)
    again = await open_store()
    names = await asyncio.gather(*(again.put(draft(bytes(size))) for size in range(1, 21)))
    await asyncio.gather(again.recount(), *(again.delete(name) for name in names[:10]))

    assert again.usage() == Usage(30, 20 * 7 + sum(range(11, 21)))


async def test_a_first_start_on_a_full_store_counts_in_the_background(
    until: Until, open_store: OpenStore, tmp_path: Path
) -> None:
    store = await open_store()
    await store.put(draft())
    await store.close()
    (tmp_path / "images" / RECORD).unlink(missing_ok=True)
    again = await open_store()
    await until((tmp_path / "images" / RECORD).exists)

    assert again.usage() == Usage(1, 7)


async def test_processes_that_expect_company_know_of_each_other_within_a_minute(
    open_store: OpenStore, until: Until, advance: Tick
) -> None:
    one, other = await open_store(in_company=True), await open_store(in_company=True)
    await one.put(draft(b"a" * 100))
    await other.put(draft(b"b" * 50))

    advance(RECOUNT_IN_COMPANY)

    await until(lambda: one.usage() == other.usage() == Usage(2, 150))


async def test_processes_that_expect_company_make_no_more_room_than_is_needed(open_store: OpenStore) -> None:
    """Each has written half, so none of them alone is over the budget of 1000 by its own count."""
    stores = [await open_store(in_company=True, max_size=1000) for _ in range(2)]
    names = [await stores[turn % 2].put(draft(b"%03d" % turn * 20)) for turn in range(20)]
    for store in stores:
        await store.recount()

    await asyncio.gather(*(store.sweep() for store in stores))

    left = [await is_there(stores[0], name) for name in names]
    assert 60 * sum(left) <= 950 < 60 * (sum(left) + 1)


async def test_a_sweep_that_is_cancelled_leaves_no_lock(open_store: OpenStore, tmp_path: Path) -> None:
    store = await open_store(in_company=True, max_size=100)
    for turn in range(3):
        await store.put(draft(b"%d" % turn * 40))
    sweep = asyncio.create_task(store.sweep())
    await asyncio.sleep(0)
    sweep.cancel()
    await asyncio.gather(sweep, return_exceptions=True)

    await store.sweep()

    assert store.usage() == Usage(2, 80)
    assert verify(tmp_path / "images").foreign == 0


async def test_what_another_process_evicted_is_known_to_be_gone(open_store: OpenStore, advance: Tick) -> None:
    one, other = [await open_store(in_company=True, max_size=100) for _ in range(2)]
    names = []
    for turn in range(3):
        names.append(await one.put(draft(b"%d" % turn * 40)))
        advance(60)
    await one.sweep()

    await other.sweep()

    assert names[0].created < other.evicted_before <= names[1].created


async def test_what_was_evicted_before_a_restart_is_known_to_be_gone(open_store: OpenStore, advance: Tick) -> None:
    store = await open_store(max_size=100)
    names = []
    for turn in range(3):
        names.append(await store.put(draft(b"%d" % turn * 40)))
        advance(60)
    await store.sweep()
    await store.close()

    again = await open_store(max_size=100)

    assert names[0].created < again.evicted_before <= names[1].created


async def test_processes_in_company_recount_from_time_to_time(
    until: Until, open_store: OpenStore, advance: Tick
) -> None:
    one, other = await open_store(), await open_store()
    await one.put(draft())
    await one.put(draft())
    await asyncio.gather(one.recount(), other.recount())
    await one.put(draft())
    before = other.usage()
    await asyncio.sleep(0.05)  # both have gone to sleep again
    advance(RECOUNT_EVERY)
    await until(lambda: other.usage().images == 3)

    assert before.images == 2


async def test_a_reader_who_left_leaves_no_open_file(
    until: Until, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store()
    name = await store.put(draft())
    gate, files, real = Event(), list[FileIO](), store._tree.open

    def slow(name: HostedName) -> FileIO | None:
        gate.wait(5)
        file = real(name)
        assert file is not None
        files.append(file)
        return file

    monkeypatch.setattr(store._tree, "open", slow)
    reader = asyncio.create_task(store.get(name))
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.wait([reader])
    gate.set()
    await until(lambda: bool(files) and files[0].closed)


async def test_closing_waits_for_puts_under_way(open_store: OpenStore, tmp_path: Path) -> None:
    store = await open_store()
    puts = [asyncio.create_task(store.put(draft(secrets.token_bytes(100_000)))) for _ in range(20)]
    await asyncio.sleep(0)
    await store.close()
    names = await asyncio.gather(*puts)

    assert all((tmp_path / "images/20251124/1307" / str(name)).stat().st_size == 100_000 for name in names)
