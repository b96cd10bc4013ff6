"""Where the sky of a photograph is: the smooth area that hangs from the top edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
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

_FEW = 5
"""All but every fifth column have to step at a straight horizon: more than a bank of cloud spans."""
_LINE, _OUTSTANDING, _HIGHEST_LINE = 9, 3, 0.15
"""A row is a straight horizon when the colour steps by so much there in most columns, so many times as much as from
row to row elsewhere, and not in the uppermost share of the picture."""

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
    columns = _columns(thumbnail)
    walks = _down_to(_line(columns), [_walk(column) for column in columns])
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


def _line(columns: Sequence[Sequence[_Pixel]]) -> int:
    """The row of a straight horizon, such as that of a calm sea, which the walks may cross; else the height."""
    height = len(columns[0])
    least = len(columns) // _FEW
    steps = [
        sorted(sum(abs(a - b) for a, b in zip(column[y], column[y - 1], strict=True)) for column in columns)[least]
        for y in range(1, height)
    ]
    usual = median(steps) if steps else 0
    lines = (y for y, step in enumerate(steps, start=1) if step >= _LINE and step >= _OUTSTANDING * usual)
    return next((y for y in lines if y > height * _HIGHEST_LINE), height)


def _down_to(row: int, walks: Sequence[_Walk]) -> list[_Walk]:
    return [_Walk(min(walk.depth, row), walk.colours) for walk in walks]


def _expected(walks: Sequence[_Walk], y: int) -> list[_Pixel]:
    """The sky's colour in row `y`: where a walk ended above it, that of the nearest one that did not."""
    reached = [x for x, walk in enumerate(walks) if walk.depth > y]
    if not reached:
        return [walk.colours[y] for walk in walks]
    colours, at = [], 0
    for x in range(len(walks)):
        while at + 1 < len(reached) and abs(reached[at + 1] - x) <= abs(reached[at] - x):
            at += 1
        colours.append(walks[reached[at]].colours[y])
    return colours


def _mask(image: Image.Image, walks: Sequence[_Walk], walked: tuple[int, int]) -> Image.Image:
    """Sure well above the found horizon; near it and below clouds, wherever a pixel has the colour of the sky."""
    height = walked[1]
    depths = [walk.depth for walk in walks]
    # The frame repeats the outermost pixels, so the margin is not cut into the sky along the sides.
    sure = _above(depths, walked).filter(ImageFilter.MinFilter(_MARGIN))
    possible = _above([max(depths)] * len(depths), walked).filter(ImageFilter.MaxFilter(_MARGIN))
    sky = Image.frombytes(
        "RGB", walked, bytes(part for y in range(height) for colour in _expected(walks, y) for part in colour)
    )
    expected = sky.filter(ImageFilter.GaussianBlur(2)).resize(image.size, Image.Resampling.BILINEAR)
    red, green, blue = ImageChops.difference(image, expected).split()
    unlike = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    alike = unlike.point(table(lambda level: 255 * (1 - smooth((level - _ALIKE) / (_UNLIKE - _ALIKE)))))
    edge = ImageChops.multiply(alike, possible.resize(image.size, Image.Resampling.BILINEAR))
    return ImageChops.lighter(edge, sure.resize(image.size, Image.Resampling.BILINEAR))


def _above(depths: Sequence[int], size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("L", size, bytes(255 * (y < depth) for y in range(size[1]) for depth in depths))
