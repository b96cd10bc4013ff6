"""Knowing whether another process works in the same directory; a killed one is forgotten by the kernel."""

from __future__ import annotations

import errno
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.hosting.stores.durable import FILE_MODE
from gateway.logs import event

LOCK = "lock"
SWEEPING = "sweeping"

_UNSUPPORTED = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS}
_log = logging.getLogger(__name__)


class RootLock:
    """Held alone while a process sets itself up, shared with others while it works.

    Nobody writes before the lock was held once, so whoever holds it alone may tidy up after the dead.
    """

    def __init__(self, root: Path) -> None:
        self._path = root / LOCK
        self._descriptor = -1

    def acquire(self) -> bool:
        """Take the lock; whether nobody else has it. Follow with `share`."""
        self._descriptor = _opened(self._path)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise
            event(_log, logging.WARNING, "file system without locks, totals stay approximate", path=self._path)
            return False
        return True

    def share(self) -> None:
        """Let other processes in. Waits for one that is setting itself up."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        except OSError as error:
            if error.errno not in _UNSUPPORTED:
                raise

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@contextmanager
def sweeping(root: Path) -> Iterator[bool]:
    """Whether this process is the only one that makes room while inside: two would each make as much as is needed."""
    descriptor = _opened(root / SWEEPING)
    try:
        yield _alone(descriptor)
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)


def _alone(descriptor: int) -> bool:
    """Where the file system has no locks, nobody knows of anybody."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    return True
