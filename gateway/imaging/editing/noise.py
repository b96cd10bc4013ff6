"""Random-looking fields that are the same everywhere: bytes of SHAKE-256 as pixels."""

from __future__ import annotations

import hashlib

from PIL import Image, ImageChops, ImageOps

_FINEST = 512
"""Pixels of the longer side at which billows are made; they have no detail that a larger field would show."""


def speckle(size: tuple[int, int], key: str) -> Image.Image:
    """Mode L, independent pixels around 128, two uniform fields averaged so that extremes are rare."""
    count = size[0] * size[1]
    first, second = (Image.frombytes("L", size, _digest(f"{key}/{part}", count)) for part in (1, 2))
    return Image.blend(first, second, 0.5)


def billows(size: tuple[int, int], key: str, cells: int, stretch: float = 1.0) -> Image.Image:
    """Mode L from 0 to 255, cloudy: octaves of noise, the coarsest with `cells` cells along the longer side.

    `stretch` is how much wider than high the shapes are.
    """
    longer = max(size)
    fine = (max(1, size[0] * _FINEST // longer), max(1, size[1] * _FINEST // longer))
    total = _octave(fine, key, cells, stretch)
    share = 0.5
    for octave in range(1, 5):
        finer = _octave(fine, f"{key}/{octave}", cells * 2**octave, stretch)
        total = ImageChops.add(
            total, finer.point([round((level - 128) * share + 128) for level in range(256)]), 1, -128
        )
        share *= 0.55
    return ImageOps.autocontrast(total, cutoff=1).resize(size, Image.Resampling.BICUBIC)


def _octave(size: tuple[int, int], key: str, cells: int, stretch: float) -> Image.Image:
    longer = max(size)
    across = max(2, round(cells * size[0] / longer / stretch))
    along = max(2, round(cells * size[1] / longer))
    grid = Image.frombytes("L", (across, along), _digest(key, across * along))
    return grid.resize(size, Image.Resampling.BICUBIC)


def _digest(key: str, count: int) -> bytes:
    return hashlib.shake_256(key.encode()).digest(count)
