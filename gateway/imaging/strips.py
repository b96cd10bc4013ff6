"""Large pictures are made anew strip by strip, by way of the disk: two of them never lie in memory together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from PIL import Image

from gateway.spool import NamelessFile

LARGE = 16_000_000
"""Pixels. Two pictures of this size are half of what all of them may take; beyond it the disk is worth its time."""

STRIP = 2**20
"""Bytes of the pixels that are on their way at a time."""

BYTES_A_PIXEL = 4
"""Pillow keeps colours in four bytes, with or without transparency."""

Box: TypeAlias = tuple[int, int, int, int]


def is_large(size: tuple[int, int]) -> bool:
    return size[0] * size[1] > LARGE


def bands(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The first row of each strip and the one after its last, from the top of a picture down."""
    width, height = size
    rows = max(1, STRIP // (width * BYTES_A_PIXEL))
    for top in range(0, height, rows):
        yield top, min(top + rows, height)


def band_of(image: Image.Image, top: int, bottom: int) -> Image.Image:
    return image.crop((0, top, image.width, bottom))


def each_band(image: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """`change`, which looks at single pixels, done to the whole of a large picture; `image` is used up."""
    return restacked(image, image.size, (change(band_of(image, *band)) for band in bands(image.size)))


def restacked(source: Image.Image, size: tuple[int, int], strips: Iterator[Image.Image]) -> Image.Image:
    """A picture of `size`: the strips one below the other, with the mode and the `info` that they have.

    They are made of `source`, which is closed before memory is taken for the result.

    Raises:
        Unavailable: the disk is full.
    """
    file, places, at = NamelessFile.make(), list[tuple[int, int, int]](), 0
    mode, info = source.mode, source.info
    for strip in strips:
        pixels = strip.tobytes()
        file.append([pixels])
        places.append((at, len(pixels), strip.height))
        at += len(pixels)
        mode, info = strip.mode, strip.info
    source.close()
    result, top = Image.new(mode, size), 0
    for start, length, height in places:
        result.paste(Image.frombytes(mode, (size[0], height), file.read(start, length)), (0, top))
        top += height
    result.info = info
    return result


def cut_out(image: Image.Image, box: Box) -> Image.Image:
    """The part of `image` in `box`; where that is large, `image` is used up."""
    left, upper, right, lower = box
    size = right - left, lower - upper
    if not is_large(size):
        return image.crop(box)
    strips = (image.crop((left, upper + top, right, upper + bottom)) for top, bottom in bands(size))
    return restacked(image, size, strips)
