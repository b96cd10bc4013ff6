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


def store_full() -> Unavailable:
    return Unavailable("The image store is full", retry_after=_FULL_RETRY)


@contextmanager
def as_unavailable(verb: str) -> Iterator[None]:
    """Raise every OSError as `Unavailable`; the log alone learns `verb` and the reason."""
    try:
        yield
    except OSError as error:
        event(_log, logging.ERROR, "image store failed", verb=verb, reason=error.strerror)
        raise (store_full() if error.errno in _FULL else Unavailable("The image store is unavailable")) from error
