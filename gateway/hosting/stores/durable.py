"""Writing so that a crash leaves the whole or nothing, and entering directories without following links."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

SCRATCH = "tmp"
"""Folder for files being written, on the file system of those that are finished: a rename is then atomic."""

KEYS = "keys"
"""Folder of what Idempotency-Keys were answered with, beside the pictures: no store looks into it."""

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NOT_EMPTY = {errno.ENOTEMPTY, errno.EEXIST}  # POSIX allows either
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def entered(root: Path | int, *folders: str) -> Iterator[int]:
    """A descriptor of the directory below `root`, a path or a descriptor.

    The root itself may be a link, nothing below it is followed.
    """
    descriptor = os.dup(root) if isinstance(root, int) else os.open(root, _ENTER)
    try:
        for folder in folders:
            inner = os.open(folder, _ENTER | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


class Scratch:
    """A file that nobody sees under its name until it is published."""

    def __init__(self, folder: int) -> None:
        self._folder = folder
        self._name = secrets.token_hex(16)
        self._synced = False
        self.published = False
        self.file: BinaryIO = os.fdopen(os.open(self._name, _CREATE, FILE_MODE, dir_fd=folder), "wb")

    def publish(self, folder: int, name: str) -> None:
        """Give the file its name in `folder`, durably. FileNotFoundError when the folder was removed."""
        if not self._synced:
            self.file.flush()
            os.fsync(self.file.fileno())
            self._synced = True
        os.rename(self._name, name, src_dir_fd=self._folder, dst_dir_fd=folder)
        self.published = True
        try:
            os.fsync(folder)
        except OSError:
            os.unlink(name, dir_fd=folder)  # it may be lost in a power cut, so it was never there
            raise

    def discard(self) -> None:
        try:
            self.file.close()
        finally:
            if not self.published:
                os.unlink(self._name, dir_fd=self._folder)


@contextmanager
def scratch(root: Path) -> Iterator[Scratch]:
    """A new file in the root's scratch folder; gone at the end unless it was published."""
    with entered(root, SCRATCH) as folder:
        draft = Scratch(folder)
        try:
            yield draft
        finally:
            draft.discard()


def empty_scratch(root: Path) -> int:
    """Remove what writers that were killed left behind; how many files. Nobody may be writing."""
    with entered(root, SCRATCH) as folder, os.scandir(folder) as entries:
        leftovers = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
        for name in leftovers:
            os.unlink(name, dir_fd=folder)
    return len(leftovers)


def make_folder(parent: int, name: str) -> None:
    """Make a directory unless it exists. Durable in both cases: whoever made it may not have got that far."""
    with suppress(FileExistsError):
        os.mkdir(name, FOLDER_MODE, dir_fd=parent)
    os.fsync(parent)


def remove_folder(parent: int, name: str) -> bool:
    """Remove a directory if it is empty; whether it is gone, durably."""
    try:
        os.rmdir(name, dir_fd=parent)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno in _NOT_EMPTY:
            return False
        raise
    os.fsync(parent)
    return True
