"""What a client is told when the file system fails: the store is full or does not work, and no more."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import Unavailable
from gateway.logs import event

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FULL_RETRY = 60.0  # seconds: the next sweep may make room
_log = logging.getLogger(__name__)


PROBE_SIZE = 256 * 1024
"""Bytes that are written to see whether a store takes pictures: of the size of a small one."""


class StoreFull(Unavailable):
    def __init__(self) -> None:
        super().__init__("The image store is full", retry_after=_FULL_RETRY)


def store_down() -> Unavailable:
    return Unavailable("The image store is unavailable")


@contextmanager
def as_unavailable(verb: str) -> Iterator[None]:
    """Raise every OSError as `Unavailable`; the log alone learns `verb` and the reason."""
    try:
        yield
    except OSError as error:
        event(_log, logging.ERROR, "image store failed", verb=verb, reason=error.strerror)
        raise (StoreFull() if error.errno in _FULL else store_down()) from error
