"""Keeps the C library from holding on to pictures that are long gone."""

from __future__ import annotations

import ctypes
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h
LARGE = 2**20
"""Bytes from which a block is mapped by itself and given back whole when it is freed."""
ARENAS = 2
"""Heaps that threads share; by default there are eight for each processor, and each keeps its own remains."""


def tune() -> None:
    """Ask glibc for less greed; where there is another C library this does nothing.

    By default glibc raises its threshold with every large block that is freed, so that pictures end up in the
    heap and leave it full of holes: 256 answers of 2 MB at once took 250 MB instead of 130.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
        mallopt(_M_ARENA_MAX, ARENAS)
