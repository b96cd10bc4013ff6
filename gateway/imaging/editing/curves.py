"""Tables for `Image.point`: how each of the 256 levels of a channel comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

Curve: TypeAlias = Callable[[float], float]
"""Level in, level out, 0 to 255; what leaves the range is clipped."""


def table(curve: Curve) -> list[int]:
    return [max(0, min(255, round(curve(level)))) for level in range(256)]


def bend(image: Image.Image, curve: Curve) -> Image.Image:
    """The same curve on every channel."""
    return image.point(table(curve) * len(image.getbands()))


def gain(image: Image.Image, red: float, green: float, blue: float) -> Image.Image:
    """The channels of an RGB image multiplied, as a coloured lamp does."""
    return image.point([level for factor in (red, green, blue) for level in _scaled(factor)])


def _scaled(factor: float) -> list[int]:
    return table(lambda level: level * factor)


def bent(red: Curve, green: Curve, blue: Curve) -> list[int]:
    """One table for the three channels of an RGB image."""
    return [*table(red), *table(green), *table(blue)]
