"""Python's collector of reference cycles, told how this process uses memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNGEST = 25_000
"""Objects made and not yet freed after which the newest are looked through; Python's own 700 means several times a
request, and a third of what a small one costs. A test holds that requests make no cycles, so there is nothing to find.
"""
OLDER = 20
"""Looks at the younger objects after which the older ones are looked through too."""


@contextmanager
def loading() -> Iterator[None]:
    """Load modules inside: they last, so looking through them again and again is a tenth of the time to start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Call it once everything that lasts is there: none of that is ever looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNGEST, OLDER, OLDER)
