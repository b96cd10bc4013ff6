"""Smooth masks in mode L: ramps, spots and rings, made from small tables and enlarged."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image, ImageMath

from gateway.imaging.editing.curves import table
from gateway.imaging.editing.meanings import Rgb

Level: TypeAlias = Callable[[float], float]
"""From a share of the way, 0 to 1, to a share of white, 0 to 1."""

_RADIUS = 128
"""Pixels from the middle of Pillow's radial gradient to its sides."""
_RIM = 255 / 2**0.5
"""Its level there: it reaches 255 in the corners."""


def smooth(share: float) -> float:
    """0 to 1 without a visible start or end; clipped outside."""
    share = max(0.0, min(1.0, share))
    return share * share * (3 - 2 * share)


def downwards(size: tuple[int, int], level: Level) -> Image.Image:
    """From the top (0) to the bottom (1)."""
    strip = Image.frombytes("L", (1, size[1]), _samples(size[1], level))
    return strip.resize(size, Image.Resampling.NEAREST)


def rightwards(size: tuple[int, int], level: Level) -> Image.Image:
    """From the left (0) to the right (1)."""
    strip = Image.frombytes("L", (size[0], 1), _samples(size[0], level))
    return strip.resize(size, Image.Resampling.NEAREST)


def wash(size: tuple[int, int], *stops: tuple[float, Rgb]) -> Image.Image:
    """RGB from top to bottom through colours at the given shares of the height."""
    colours = [_between(stops, (index + 0.5) / size[1]) for index in range(size[1])]
    strip = Image.frombytes("RGB", (1, size[1]), bytes(part for colour in colours for part in colour))
    return strip.resize(size, Image.Resampling.NEAREST)


def spot(size: tuple[int, int], centre: tuple[float, float], radii: tuple[float, float], level: Level) -> Image.Image:
    """Around `centre` (pixels), by the distance as a share of the two radii; beyond them `level(1)`."""
    tables = table(lambda value: 255 * level(min(1.0, value / _RIM)))
    round_spot = Image.radial_gradient("L").point(tables)
    across, along = (_RADIUS / max(0.5, radius) for radius in radii)
    matrix = (across, 0, _RADIUS - centre[0] * across, 0, along, _RADIUS - centre[1] * along)
    return round_spot.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=tables[255])


def ring(size: tuple[int, int], centre: tuple[float, float], inner: float, outer: float) -> Image.Image:
    """0 inside of the inner radius (pixels), 255 outside of the outer one, rising in between.

    Computed in floating point at full size, because a narrow band of an enlarged gradient shows steps.
    """
    across = _squares(size[0], centre[0]).resize(size)
    along = _squares(size[1], centre[1]).transpose(Image.Transpose.TRANSPOSE).resize(size)
    start, span = inner * inner, max(1.0, outer * outer - inner * inner)
    risen: Image.Image = ImageMath.lambda_eval(
        lambda field: (field["x"] + field["y"] - start) * (255 / span), x=across, y=along
    )
    return risen.convert("L")


def scaled(mask: Image.Image, share: float) -> Image.Image:
    """The mask with every level multiplied."""
    return mask.point(table(lambda level: level * share))


def _samples(count: int, level: Level) -> bytes:
    return bytes(max(0, min(255, round(255 * level((index + 0.5) / count)))) for index in range(count))


def _squares(length: int, origin: float) -> Image.Image:
    row = Image.new("F", (length, 1))
    row.putdata([(index + 0.5 - origin) ** 2 for index in range(length)])
    return row


def _between(stops: tuple[tuple[float, Rgb], ...], share: float) -> Rgb:
    before = max((stop for stop in stops if stop[0] <= share), default=stops[0])
    after = min((stop for stop in stops if stop[0] > share), default=stops[-1])
    if after[0] <= before[0]:
        return before[1]
    way = (share - before[0]) / (after[0] - before[0])
    red, green, blue = (round(start + (end - start) * way) for start, end in zip(before[1], after[1], strict=True))
    return (red, green, blue)
