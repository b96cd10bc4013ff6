"""How the C library keeps what is freed: in few places, and not what was a large picture."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""Of `mallopt` in glibc's malloc.h."""
ARENAS = 2
"""glibc's own number is eight a processor, each of which keeps the largest body that it ever held. Eight bodies of
56 MB at a time took 265 MiB so, and take 143 with two; Python's lock lets hardly more threads ask at the same time.
"""


_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
GIVEN_BACK = 5 * 2**20
"""Bytes of a block that the kernel gets back as soon as it is freed. By itself glibc learns to keep blocks of up to
32 MiB, once one was freed; pixels of large pictures lie in blocks of 16, and stayed between others that lived on.
What is smaller, such as a picture of a megapixel and every file, is kept for the next: that saves its page faults.
"""
KEPT = 16 * 2**20
"""Bytes at the end of a place that are kept for what comes next: ten pictures of a megapixel in transit."""


def limit_memory() -> bool:
    """Before the first thread starts. Whether this C library knows of it: others have their own ways."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    choices = ((_M_ARENA_MAX, ARENAS), (_M_MMAP_THRESHOLD, GIVEN_BACK), (_M_TRIM_THRESHOLD, KEPT))
    return mallopt is not None and all(map(bool, [mallopt(*choice) for choice in choices]))
