"""Bytes from outside: few in memory, many in files without a name (R2)."""

from __future__ import annotations

import errno
import gc
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.gateway import Document, StartGateway

from gateway import app
from gateway.blob import CHUNK, MemoryBlob
from gateway.config import Config
from gateway.errors import Unavailable
from gateway.imaging.limits import PictureLimits
from gateway.inputs.picture_intake import PictureIntake
from gateway.inputs.request_memory import RequestMemory
from gateway.spool import Spool, SpooledBlob, SpoolMemory

LONG = bytes(range(256)) * 3000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def descriptors() -> int:
    return len(names(Path("/proc/self/fd")))


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def spooled(data: bytes, step: int = 1000) -> SpooledBlob:
    draft = Spool(in_memory=10).draft()
    for at in range(0, len(data), step):
        await draft.add(data[at : at + step])
    blob = await draft.finish()
    assert isinstance(blob, SpooledBlob)
    return blob


async def test_a_few_bytes_stay_in_memory(folder: Path) -> None:
    draft = Spool(in_memory=10).draft()
    await draft.add(b"12345")
    await draft.add(b"67890")

    blob = await draft.finish()

    assert isinstance(blob, MemoryBlob)
    assert blob.read() == b"1234567890"
    assert names(folder) == []


@pytest.mark.parametrize("step", [1, 1000, CHUNK, len(LONG)])
async def test_many_go_to_a_file_and_come_back_whole(folder: Path, step: int) -> None:
    data = LONG[: 5000 if step == 1 else None]

    blob = await spooled(data, step)

    assert (blob.size, blob.read(), await blob.load()) == (len(data), data, data)
    assert b"".join([piece async for piece in blob.stream()]) == data
    assert blob.sha256 == hashlib.sha256(data).hexdigest()
    assert names(folder) == []  # it has no name


async def test_a_part_of_it_is_bytes_too() -> None:
    blob = await spooled(LONG)

    part = blob.part(1000, 400_000).part(10, 300_000)

    assert part.read() == LONG[1010:301_000]
    assert b"".join(part.pieces()) == LONG[1010:301_000]


async def test_one_request_has_one_room_in_memory() -> None:
    spool = Spool(in_memory=10)

    blobs = [spool.keep(b"123456"), spool.keep(b"123456"), spool.keep(b"1234")]

    assert [type(blob) for blob in blobs] == [MemoryBlob, SpooledBlob, MemoryBlob]
    assert [blob.read() for blob in blobs] == [b"123456", b"123456", b"1234"]


async def test_the_file_is_gone_when_the_last_who_holds_it_lets_go() -> None:
    gc.collect()
    before = descriptors()
    blob = await spooled(LONG)
    part = blob.part(5, 10)

    del blob
    assert part.read() == LONG[5:10]
    assert descriptors() == before + 1
    del part

    gc.collect()
    assert descriptors() == before


async def test_a_full_disk_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)

    with pytest.raises(Unavailable, match="no room"):
        await spooled(LONG)
    with pytest.raises(Unavailable):
        Spool(in_memory=0).keep(b"x")


async def test_what_is_shared_is_used_before_the_disk_and_given_back_with_the_last_of_its_bytes(folder: Path) -> None:
    memory = SpoolMemory(100)
    spool = Spool(in_memory=10, shared=memory)
    first, second = spool.keep(bytes(60)), await _drafted(spool, bytes(50))
    assert isinstance(first, MemoryBlob)
    assert isinstance(second, SpooledBlob)
    assert not memory.take(41)
    del spool, second
    assert not memory.take(41)

    del first

    assert memory.take(100)
    assert names(folder) == []


async def test_a_draft_that_is_given_up_gives_back_what_it_took() -> None:
    memory = SpoolMemory(100)
    draft = Spool(in_memory=0, shared=memory).draft()
    await draft.add(bytes(100))
    assert not memory.take(1)

    del draft

    assert memory.take(100)


async def _drafted(spool: Spool, data: bytes) -> object:
    draft = spool.draft()
    await draft.add(data)
    return await draft.finish()


async def test_a_reload_does_not_double_the_memory(
    start: StartGateway, configure: Callable[[Document], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an old configuration holds is taken from the new one: the memory is of the process."""
    seen: list[SpoolMemory | None] = []

    class Seen(PictureIntake):
        def __init__(self, limits: PictureLimits, memory: RequestMemory, spooled: SpoolMemory | None = None) -> None:
            seen.append(spooled)
            super().__init__(limits, memory, spooled)

    monkeypatch.setattr(app, "PictureIntake", Seen)
    gateway = await start()
    before = len(seen)
    for ttl in (10, 20):
        await app.reconfigure(gateway.app, configure({"cache": {"ttl": ttl}}))

    assert len(seen) > before + 1
    assert all(memory is not None and memory is seen[0] for memory in seen)
