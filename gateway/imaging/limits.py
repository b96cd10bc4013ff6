"""How large a picture may be before anybody decodes it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

LONGEST_SIDE = 16384
"""Pixels; a side of a WebP cannot be longer, and no backend makes longer ones."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    max_bytes: int = 20 * 1024 * 1024
    max_pixels: int = 40_000_000
    max_side: int = LONGEST_SIDE


UNLIMITED = PictureLimits(max_bytes=sys.maxsize, max_pixels=sys.maxsize, max_side=sys.maxsize)
"""For what lies in our own store: upscaling makes larger pictures than are taken from clients."""
