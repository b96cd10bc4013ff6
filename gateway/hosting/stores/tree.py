"""The directories of a file store: what lies where, and every change to it. No link is ever followed."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import (
    FOLDER_MODE,
    SCRATCH,
    Scratch,
    entered,
    make_folder,
    remove_folder,
)
from gateway.hosting.stores.shards import Shard, is_day
from gateway.logs import event

# Not blocking, because opening a pipe would wait for its other end.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NOT_OURS = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENXIO}
"""What the kernel says of a missing file, a link, a directory or a socket under a picture's name."""

_ATTEMPTS = 5
"""Tries to enter a directory that another process, whose clock is ahead, keeps removing as empty."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A picture that a listing showed, unread."""

    name: HostedName
    size: int


class Tree:
    """All methods touch the disk: call them from a worker thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ready: Shard | None = None

    def make(self) -> None:
        self.root.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
        with entered(self.root) as root:
            make_folder(root, SCRATCH)

    def shards(self) -> Iterator[Shard]:
        """Every shard, oldest first. Looks into a day only once the days before it were taken."""
        with entered(self.root) as root:
            days = _folders(root)
        for day in filter(is_day, days):
            for minute in self._minutes(day):
                shard = Shard.parse(day, minute)
                if shard is not None:
                    yield shard

    def pictures(self, shard: Shard) -> list[Found]:
        """What a shard holds, oldest first; foreign files and links are passed over."""
        try:
            with entered(self.root, shard.day, shard.minute) as folder, os.scandir(folder) as entries:
                found = [picture for entry in entries if (picture := _picture(entry, shard))]
        except OSError as error:
            if error.errno in _NOT_OURS:
                return []
            raise
        return sorted(found, key=lambda picture: str(picture.name))

    def usage(self, shard: Shard) -> Usage:
        return total(self.pictures(shard))

    def open(self, name: HostedName) -> FileIO | None:
        """The file of a picture, or None. An unreadable root is an error, not a missing picture."""
        shard = Shard.of(name)
        with entered(self.root) as root:
            try:
                with entered(root, shard.day, shard.minute) as folder:
                    return _regular(str(name), folder)
            except OSError as error:
                if error.errno in _NOT_OURS:
                    return None
                raise

    def find(self, name: HostedName) -> Found | None:
        file = self.open(name)
        if file is None:
            return None
        with file:
            return Found(name, os.fstat(file.fileno()).st_size)

    def adopt(self, draft: Scratch, name: HostedName) -> None:
        """Move a finished file to its place; durable on return."""
        shard = Shard.of(name)
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._publish(draft, shard, name)
            except FileNotFoundError:
                self._ready = None
                if not attempts_left:
                    raise
            else:
                return

    def remove(self, shard: Shard, doomed: Iterable[Found]) -> list[Found]:
        """Unlink pictures of a shard, durably; those that went. What refuses to go is logged and stays."""
        removed: list[Found] = []
        failures: list[OSError] = []
        try:
            with entered(self.root, shard.day, shard.minute) as folder:
                for picture in doomed:
                    try:
                        os.unlink(str(picture.name), dir_fd=folder)
                        removed.append(picture)
                    except OSError as error:
                        failures.append(error)
                os.fsync(folder)
        except FileNotFoundError:
            return removed  # pruned by another process
        refused = [error for error in failures if error.errno != errno.ENOENT]
        if refused:
            event(_log, logging.ERROR, "pictures could not be removed", shard=shard, reason=refused[0].strerror)
        return removed

    def prune(self, shard: Shard) -> None:
        """Remove the directories of a shard and of its day as far as they are empty."""
        with entered(self.root) as root:
            try:
                with entered(root, shard.day) as day:
                    is_gone = remove_folder(day, shard.minute)
            except FileNotFoundError:
                return
            if is_gone:
                remove_folder(root, shard.day)

    def _minutes(self, day: str) -> list[str]:
        try:
            with entered(self.root, day) as folder:
                return _folders(folder)
        except FileNotFoundError:
            return []  # pruned since its parent was listed

    def _make_shard(self, shard: Shard) -> None:
        with entered(self.root) as root:
            make_folder(root, shard.day)
            with entered(root, shard.day) as day:
                make_folder(day, shard.minute)
        self._ready = shard

    def _publish(self, draft: Scratch, shard: Shard, name: HostedName) -> None:
        if shard != self._ready:
            self._make_shard(shard)
        with entered(self.root, shard.day, shard.minute) as folder:
            draft.publish(folder, str(name))


def total(pictures: Iterable[Found]) -> Usage:
    sizes = [picture.size for picture in pictures]
    return Usage(len(sizes), sum(sizes))


def _folders(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


def named(entry: os.DirEntry[str], shard: Shard) -> HostedName | None:
    """The picture that an entry of this shard's directory is, or None if it is foreign there."""
    name = HostedName.parse(entry.name)
    if name is None or Shard.of(name) != shard or not entry.is_file(follow_symlinks=False):
        return None
    return name


def _picture(entry: os.DirEntry[str], shard: Shard) -> Found | None:
    name = named(entry, shard)
    if name is None:
        return None
    try:
        return Found(name, entry.stat(follow_symlinks=False).st_size)
    except FileNotFoundError:
        return None  # removed since it was listed


def _regular(name: str, folder: int) -> FileIO | None:
    file = FileIO(name, opener=lambda path, _: os.open(path, _READ, dir_fd=folder))
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    return None
