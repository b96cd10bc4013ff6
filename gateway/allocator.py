"""How the C library keeps what is freed: in few places, so that threads which read large bodies share them."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8
"""Of `mallopt` in glibc's malloc.h."""
ARENAS = 2
"""glibc's own number is eight a processor, each of which keeps the largest body that it ever held. Eight bodies of
56 MB at a time took 265 MiB so, and take 143 with two; Python's lock lets hardly more threads ask at the same time.
"""


def limit_arenas() -> bool:
    """Before the first thread starts. Whether this C library knows of it: others have their own ways."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, ARENAS))
