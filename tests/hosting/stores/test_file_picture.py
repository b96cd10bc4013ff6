from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from io import FileIO
from pathlib import Path

import pytest

from gateway.blob import CHUNK
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import DamagedPicture
from gateway.hosting.stores.file_picture import AT_ONCE, FilePicture
from gateway.hosting.stores.threads import Threads
from gateway.images import ImageFormat, Operation

SMALL = secrets.token_bytes(1000)
LARGE = secrets.token_bytes(AT_ONCE + CHUNK + 7)
OpenPicture = Callable[..., FilePicture]


@pytest.fixture
async def open_picture(tmp_path: Path) -> AsyncIterator[OpenPicture]:
    """Hold a file open under the name of `data`; the file has `stored` in it, if that is given."""
    threads, pictures = Threads(2), list[FilePicture]()

    def opened(data: bytes, stored: bytes | None = None) -> FilePicture:
        sha256 = hashlib.sha256(data).hexdigest()
        name = HostedName.make(0, secrets.token_bytes, sha256, Operation.EDIT, ImageFormat.PNG)
        path = tmp_path / "picture"
        path.write_bytes(data if stored is None else stored)
        pictures.append(FilePicture(name, FileIO(path), threads))
        return pictures[-1]

    yield opened
    for picture in pictures:
        await picture.close()
    await asyncio.to_thread(threads.close)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


async def streamed(picture: FilePicture, start: int = 0, stop: int | None = None) -> list[bytes]:
    return [chunk async for chunk in picture.stream(start, stop)]


@pytest.mark.parametrize("data", [SMALL, LARGE, b""])
async def test_the_whole_is_what_was_named(open_picture: OpenPicture, data: bytes) -> None:
    picture = open_picture(data)

    assert picture.size == len(data)
    assert await picture.load() == data
    assert b"".join(await streamed(picture)) == data


@pytest.mark.parametrize("data", [SMALL, LARGE])
@pytest.mark.parametrize(("start", "stop"), [(0, 0), (0, 1), (10, 999), (999, 1000), (1000, 1000), (7, None)])
async def test_a_range_is_that_part(open_picture: OpenPicture, data: bytes, start: int, stop: int | None) -> None:
    assert b"".join(await streamed(open_picture(data), start, stop)) == data[start:stop]


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 1001), (1001, None)])
async def test_a_range_outside_of_the_picture_is_an_error(
    open_picture: OpenPicture, start: int, stop: int | None
) -> None:
    with pytest.raises(ValueError, match="no range"):
        await streamed(open_picture(SMALL), start, stop)


async def test_a_large_picture_comes_in_chunks(open_picture: OpenPicture) -> None:
    chunks = await streamed(open_picture(LARGE))

    assert {len(chunk) for chunk in chunks[:-1]} == {CHUNK}


@pytest.mark.parametrize(
    ("data", "stored"),
    [
        (SMALL, flipped(SMALL, 500)),
        (SMALL, SMALL[:-1]),
        (SMALL, SMALL + b"\0"),
        (SMALL, b""),
        (LARGE, flipped(LARGE, len(LARGE) - 1)),
        (LARGE, LARGE[:-1]),
    ],
)
async def test_not_one_byte_of_a_damaged_picture_is_given_out(
    open_picture: OpenPicture, data: bytes, stored: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    picture = open_picture(data, stored)
    with pytest.raises(DamagedPicture):
        await picture.load()
    for start, stop in ((0, None), (0, len(stored) // 2)):
        with pytest.raises(DamagedPicture):
            await anext(picture.stream(start, stop))

    assert [record.message for record in caplog.records] == ["stored picture is damaged"] * 3


async def test_a_file_that_shrinks_while_it_is_read_is_damaged(open_picture: OpenPicture, tmp_path: Path) -> None:
    stream = open_picture(LARGE).stream()
    await anext(stream)
    os.truncate(tmp_path / "picture", CHUNK + 1)

    with pytest.raises(DamagedPicture):
        await anext(stream)


async def test_readers_of_one_picture_do_not_disturb_each_other(open_picture: OpenPicture) -> None:
    picture = open_picture(LARGE)
    answers = await asyncio.gather(*(streamed(picture, start) for start in range(0, len(LARGE), CHUNK)))

    assert [b"".join(chunks) for chunks in answers] == [LARGE[start:] for start in range(0, len(LARGE), CHUNK)]


async def test_a_deleted_file_is_read_to_its_end(open_picture: OpenPicture, tmp_path: Path) -> None:
    stream = open_picture(LARGE).stream()
    first = await anext(stream)
    (tmp_path / "picture").unlink()

    assert first + b"".join([chunk async for chunk in stream]) == LARGE


async def test_a_disk_that_fails_is_unavailable(open_picture: OpenPicture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(errno.EIO, "disk")

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(Unavailable, match="unavailable"):
        await open_picture(SMALL).load()


async def test_the_context_closes_the_file(open_picture: OpenPicture) -> None:
    async with open_picture(SMALL) as picture:
        await picture.load()

    with pytest.raises(ValueError, match="closed"):
        await picture.load()
