"""What is held against the names: whole, changed, foreign, unfinished (H4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.blob import MemoryBlob
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Draft
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.verification import Report, verify
from gateway.images import ImageFormat, Operation

OpenStore = Callable[..., Awaitable[FileStore]]


async def kept(open_store: OpenStore, *pictures: bytes) -> list[HostedName]:
    """Written by a store that is closed again: a running one may just be writing its own record."""
    store = await open_store()
    names = [await store.put(Draft(MemoryBlob(data), Operation.EDIT, ImageFormat.PNG)) for data in pictures]
    await store.close()
    return names


async def test_whole_pictures_are_good(open_store: OpenStore, tmp_path: Path) -> None:
    await kept(open_store, b"one", b"two", b"three")

    assert verify(tmp_path / "images") == Report(good=3, damaged=(), foreign=0, unfinished=0)


@pytest.mark.parametrize("damage", [b"picturE", b"pictur", b"picture ", b""])
async def test_a_picture_that_changed_is_named(open_store: OpenStore, tmp_path: Path, damage: bytes) -> None:
    (name,) = await kept(open_store, b"picture")
    (tmp_path / "images/20251124/1307" / str(name)).write_bytes(damage)

    assert verify(tmp_path / "images") == Report(good=0, damaged=(str(name),), foreign=0, unfinished=0)


async def test_what_is_not_ours_is_counted_and_not_read(open_store: OpenStore, tmp_path: Path) -> None:
    (name,) = await kept(open_store, b"picture")
    root = tmp_path / "images"
    shard = root / "20251124/1307"
    (shard / "notes.txt").write_text("")
    (shard / str(name).replace("130708", "130809")).write_text("in the wrong minute")
    (shard / str(name).replace("generate", "upscale").replace("edit", "upscale")).symlink_to("/dev/zero")
    (root / "20251124/late").mkdir()
    (root / "99999999").mkdir()
    (root / "99999999/0000").mkdir()
    (root / "20251125").symlink_to("/")

    assert verify(root) == Report(good=1, damaged=(), foreign=6, unfinished=0)


async def test_files_of_killed_writers_are_counted(open_store: OpenStore, tmp_path: Path) -> None:
    await open_store()
    (tmp_path / "images/tmp/half").write_bytes(b"pic")

    assert verify(tmp_path / "images") == Report(good=0, damaged=(), foreign=0, unfinished=1)


def test_a_store_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(tmp_path / "nowhere")
