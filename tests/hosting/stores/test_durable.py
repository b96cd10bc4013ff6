from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from gateway.hosting.stores.durable import (
    SCRATCH,
    empty_scratch,
    entered,
    make_folder,
    remove_folder,
    scratch,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / SCRATCH).mkdir()
    return tmp_path


def is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_published_file_is_whole_under_its_name(root: Path) -> None:
    with scratch(root) as draft, entered(root) as folder:
        draft.file.write(b"whole")
        draft.publish(folder, "name")

    assert (root / "name").read_bytes() == b"whole"
    assert list((root / SCRATCH).iterdir()) == []


def test_nothing_is_left_of_what_was_not_published(root: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch(root) as draft:
        draft.file.write(b"half" + bytes(1 // 0))

    assert [path.name for path in root.rglob("*")] == [SCRATCH]


def test_only_the_owner_may_read(root: Path) -> None:
    with scratch(root) as draft, entered(root) as folder:
        make_folder(folder, "inner")
        draft.publish(folder, "name")

    assert (root / "name").stat().st_mode & 0o777 == 0o600
    assert (root / "inner").stat().st_mode & 0o777 == 0o700


def test_the_file_then_its_folder_reach_the_disk(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    real_sync, real_rename = os.fsync, os.rename

    def sync(descriptor: int) -> None:
        steps.append("sync folder" if is_folder(descriptor) else "sync file")
        real_sync(descriptor)

    def rename(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        steps.append("rename")
        real_rename(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", rename)
    with scratch(root) as draft, entered(root) as folder:
        draft.file.write(b"whole")
        draft.publish(folder, "name")

    assert steps == ["sync file", "rename", "sync folder"]


def test_a_file_that_could_be_lost_is_taken_back(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_for_folders(descriptor: int) -> None:
        if is_folder(descriptor):
            raise OSError(errno.EIO, "disk")

    monkeypatch.setattr(os, "fsync", fail_for_folders)
    with pytest.raises(OSError, match="disk"), scratch(root) as draft, entered(root) as folder:
        draft.publish(folder, "name")

    assert [path.name for path in root.rglob("*")] == [SCRATCH]


def test_a_folder_behind_a_link_is_not_entered(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "day").symlink_to("elsewhere")

    with pytest.raises(NotADirectoryError), entered(root, "day"):
        pass


def test_no_descriptor_stays_open(root: Path) -> None:
    (root / "day").mkdir()
    before = open_files()
    with entered(root, "day"):
        inside = open_files()
    with pytest.raises(FileNotFoundError), entered(root, "day", "missing"):
        pass

    assert (inside, open_files()) == (before + 1, before)


def test_what_killed_writers_left_is_removed_and_folders_and_targets_of_links_are_not(root: Path) -> None:
    (root / SCRATCH / "half").write_bytes(b"ha")
    (root / SCRATCH / "folder").mkdir()
    (root / "kept").write_bytes(b"kept")
    (root / SCRATCH / "link").symlink_to(root / "kept")

    assert empty_scratch(root) == 2
    assert sorted(path.name for path in root.rglob("*")) == ["folder", "kept", SCRATCH]


def test_a_folder_is_removed_only_when_it_is_empty(root: Path) -> None:
    (root / "full").mkdir()
    (root / "full/file").touch()
    (root / "empty").mkdir()

    with entered(root) as folder:
        removed = [remove_folder(folder, name) for name in ("full", "empty", "missing")]

    assert removed == [False, True, True]
