from __future__ import annotations

import errno
import fcntl
from pathlib import Path
from threading import Thread

import pytest

from gateway.hosting.stores.lock import RootLock, sweeping


def test_the_first_is_alone_and_the_second_is_not(tmp_path: Path) -> None:
    first, second = RootLock(tmp_path), RootLock(tmp_path)
    alone = first.acquire()
    first.share()
    crowded = second.acquire()
    second.share()
    first.release()
    second.release()

    assert (alone, crowded) == (True, False)


def test_whoever_comes_after_the_last_is_alone(tmp_path: Path) -> None:
    for _ in range(2):
        lock = RootLock(tmp_path)
        assert lock.acquire()
        lock.share()
        lock.release()


def test_the_second_waits_until_the_first_has_set_up(tmp_path: Path) -> None:
    first, second = RootLock(tmp_path), RootLock(tmp_path)
    first.acquire()
    second.acquire()
    waiting = Thread(target=second.share)
    waiting.start()
    waiting.join(0.05)
    waited = waiting.is_alive()
    first.share()
    waiting.join(5)
    first.release()
    second.release()

    assert waited
    assert not waiting.is_alive()


def test_a_file_system_without_locks_counts_as_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    lock = RootLock(tmp_path)
    alone = lock.acquire()
    lock.share()
    lock.release()

    assert not alone


def test_a_lock_that_fails_otherwise_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "disk")

    monkeypatch.setattr(fcntl, "flock", fail)
    lock = RootLock(tmp_path)
    with pytest.raises(OSError, match="disk"):
        lock.acquire()
    with pytest.raises(OSError, match="disk"):
        lock.share()
    lock.release()


def test_one_process_at_a_time_sweeps(tmp_path: Path) -> None:
    with sweeping(tmp_path) as first, sweeping(tmp_path) as second:
        found = [first, second]
    with sweeping(tmp_path) as third:
        assert [*found, third] == [True, False, True]


def test_a_folder_that_cannot_be_locked_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), sweeping(tmp_path / "gone"):
        pass
