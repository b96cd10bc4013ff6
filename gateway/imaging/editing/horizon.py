"""Where the sky of a photograph is: the smooth area that hangs from the top edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter

from gateway.imaging.editing.curves import table
from gateway.imaging.editing.gradients import downwards, smooth

_SIDE = 160
"""Pixels of the longer side of the thumbnail that is walked; a walk in Python over more would cost too long."""
_STEP = 42
"""Difference from what came above, summed over the channels, that ends the sky: clouds are softer, roofs harder."""
_MEMORY = 0.25
"""How fast the expected colour follows, so that a sky may fade towards the horizon."""
_LEAST, _MOST = 0.06, 0.97
"""Shares of the picture that a believable sky covers."""
_ASSUMED = 0.55
"""Where the horizon is taken to be when no sky was found."""
_ALIKE, _UNLIKE = 14, 40
"""Differences of a channel from the expected sky at which a pixel near the horizon is sky, and is not."""
_MARGIN = 7
"""Pixels of the thumbnail around the found horizon within which each pixel of the picture is judged; odd."""

_Pixel: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Sky:
    mask: Image.Image
    """Mode L of the picture's size, 255 in the sky."""
    horizon: float
    """Where the sky ends, as a share of the height, averaged over the width."""


class Scene:
    """A picture before it is edited. Its sky is looked for once, and before fog or night can hide it."""

    def __init__(self, image: Image.Image) -> None:
        self._image = image

    @property
    def size(self) -> tuple[int, int]:
        return self._image.size

    @cached_property
    def sky(self) -> Sky:
        return find_sky(self._image.convert("RGB"))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One column from the top down: how far the sky goes, and its colour there and in its place below."""

    depth: int
    colours: tuple[_Pixel, ...]


def find_sky(image: Image.Image) -> Sky:
    """The sky of an RGB image; its upper part, softly bounded, where none is seen."""
    thumbnail = _thumbnail(image)
    walks = [_walk(column) for column in _columns(thumbnail)]
    share = sum(walk.depth for walk in walks) / (len(walks) * thumbnail.height)
    if not _LEAST <= share <= _MOST:
        return Sky(downwards(image.size, lambda y: 1 - smooth((y - _ASSUMED + 0.2) / 0.3)), _ASSUMED)
    return Sky(_mask(image, walks, thumbnail.size), share)


def _thumbnail(image: Image.Image) -> Image.Image:
    scale = min(1.0, _SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Noise and thin branches go, edges stay where they are.
    return image.resize(size, Image.Resampling.BOX).filter(ImageFilter.MedianFilter(5))


def _columns(image: Image.Image) -> list[list[_Pixel]]:
    data, width = image.tobytes(), image.width
    pixels = list(zip(data[0::3], data[1::3], data[2::3], strict=True))
    return [pixels[x::width] for x in range(width)]


def _walk(column: Sequence[_Pixel]) -> _Walk:
    red, green, blue = map(float, column[0])
    for depth, pixel in enumerate(column):
        if abs(pixel[0] - red) + abs(pixel[1] - green) + abs(pixel[2] - blue) > _STEP:
            rest = (round(red), round(green), round(blue))
            return _Walk(depth, (*column[:depth], *[rest] * (len(column) - depth)))
        red += (pixel[0] - red) * _MEMORY
        green += (pixel[1] - green) * _MEMORY
        blue += (pixel[2] - blue) * _MEMORY
    return _Walk(len(column), tuple(column))


def _mask(image: Image.Image, walks: Sequence[_Walk], walked: tuple[int, int]) -> Image.Image:
    """Sure well above the found horizon; near it, wherever a pixel has the colour of the sky above."""
    height = walked[1]
    found = Image.frombytes("L", walked, bytes(255 * (y < walk.depth) for y in range(height) for walk in walks))
    # The frame repeats the outermost pixels, so the margin is not cut into the sky along the sides.
    sure, possible = found.filter(ImageFilter.MinFilter(_MARGIN)), found.filter(ImageFilter.MaxFilter(_MARGIN))
    sky = Image.frombytes(
        "RGB", walked, bytes(part for y in range(height) for walk in walks for part in walk.colours[y])
    )
    expected = sky.filter(ImageFilter.GaussianBlur(2)).resize(image.size, Image.Resampling.BILINEAR)
    red, green, blue = ImageChops.difference(image, expected).split()
    unlike = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    alike = unlike.point(table(lambda level: 255 * (1 - smooth((level - _ALIKE) / (_UNLIKE - _ALIKE)))))
    edge = ImageChops.multiply(alike, possible.resize(image.size, Image.Resampling.BILINEAR))
    return ImageChops.lighter(edge, sure.resize(image.size, Image.Resampling.BILINEAR))
