"""One chart with two logarithmic axes, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle

from PIL import Image, ImageDraw, ImageFont

from bench.curves import Curve

SCALE = 2
"""Everything is drawn larger and shrunk at the end: Pillow's lines have no smooth edges of their own."""
WIDTH, HEIGHT = 760, 500
LEFT, RIGHT, TOP, BOTTOM = 74, 180, 64, 56
NAME_HEIGHT = 17
INK, PALE, GRID = "#222222", "#666666", "#e4e4e4"
COLOURS = {"floor": ("#6f879d", "#9fb1c1"), "gateway": ("#c98f00", "#b3541e")}
"""Of lines whose names begin so; others take theirs from `OTHERS`."""
OTHERS = ("#3f7d58", "#7a5195", "#2f4b7c", "#8c564b")
NEAR = 1.05
"""A value so little below a tick lies on it, for the eye."""
DECADES = 3
"""From here on, ticks at 2 and 5 would crowd an axis."""
MARKS = 4
"""Pixels of a point's radius."""


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SCALE)


class Axis:
    """Places values of a logarithmic scale between two pixels; it reaches from tick to tick."""

    def __init__(self, values: list[float], first: float, last: float) -> None:
        self.ticks = list(_ticks(min(values), max(values)))
        self._low, self._high = math.log10(self.ticks[0]), math.log10(self.ticks[-1])
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._first + share * (self._last - self._first)


def _ticks(low: float, high: float) -> Iterator[float]:
    """1, 2, 5, 10, ... from the last one at or below `low` to the first one at or above `high`; at least two.

    Powers of ten alone, where the values span many.
    """
    digits = (1, 2, 5) if high / low < 10**DECADES else (1,)
    steps = [float(f"{digit}e{power}") for power in range(-6, 10) for digit in digits]
    first = max(index for index, step in enumerate(steps) if step <= low * NEAR)
    last = min(index for index, step in enumerate(steps) if step >= high)
    yield from steps[first : max(last, first + 1) + 1]


def chart(curve: Curve) -> Image.Image:
    """`SCALE` times `WIDTH` by `HEIGHT`. Lines without a point are left out."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
    pen = ImageDraw.Draw(image)
    _write(pen, LEFT, 12, curve.title, INK, 17)
    lines = {name: points for name, points in curve.lines.items() if points}
    if not lines:
        _write(pen, LEFT, TOP, "not measured", PALE, 14)
        return image
    points = [point for line in lines.values() for point in line]
    across = Axis([x for x, _ in points], LEFT + 12, WIDTH - RIGHT - 12)
    upwards = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
    _draw_axes(pen, curve, across, upwards)
    ends = []
    colours = {family: cycle(shades) for family, shades in {**COLOURS, "": OTHERS}.items()}
    for name, line in lines.items():
        family = next(family for family in colours if name.startswith(family))
        colour = next(colours[family])
        places = [(across.at(x), upwards.at(y)) for x, y in line]
        _draw_line(pen, places, colour)
        ends.append((places[-1][1], name, colour))
    _draw_names(pen, ends)
    return image


def _draw_axes(pen: ImageDraw.ImageDraw, curve: Curve, across: Axis, upwards: Axis) -> None:
    floor = HEIGHT - BOTTOM
    for tick in upwards.ticks:
        _line(pen, [(LEFT, upwards.at(tick)), (WIDTH - RIGHT, upwards.at(tick))], GRID, 1)
        _write(pen, LEFT - 8, upwards.at(tick), _label(tick), PALE, 12, "rm")
    for tick in across.ticks:
        _line(pen, [(across.at(tick), TOP), (across.at(tick), floor)], GRID, 1)
        _write(pen, across.at(tick), floor + 8, _label(tick), PALE, 12, "mt")
    _line(pen, [(LEFT, TOP), (LEFT, floor), (WIDTH - RIGHT, floor)], PALE, 1)
    _write(pen, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, curve.across, INK, 13, "mb")
    _write(pen, LEFT, TOP - 8, curve.upwards, PALE, 13, "lb")


def _draw_line(pen: ImageDraw.ImageDraw, places: list[tuple[float, float]], colour: str) -> None:
    _line(pen, places, colour, 3)
    for x, y in places:
        box = [(x - MARKS) * SCALE, (y - MARKS) * SCALE, (x + MARKS) * SCALE, (y + MARKS) * SCALE]
        pen.ellipse(box, fill=colour)


def _draw_names(pen: ImageDraw.ImageDraw, ends: list[tuple[float, str, str]]) -> None:
    """Each name beside the end of its line, moved down where two would touch: height, name, colour."""
    free = 0.0
    for height, name, colour in sorted(ends):
        free = max(height, free)
        _write(pen, WIDTH - RIGHT + 8, free, name, colour, 13, "lm")
        free += NAME_HEIGHT


def _line(pen: ImageDraw.ImageDraw, places: list[tuple[float, float]], colour: str, width: int) -> None:
    pen.line([(x * SCALE, y * SCALE) for x, y in places], fill=colour, width=width * SCALE, joint="curve")


def _write(pen: ImageDraw.ImageDraw, x: float, y: float, text: str, colour: str, size: int, anchor: str = "la") -> None:
    pen.text((x * SCALE, y * SCALE), text, colour, font(size), anchor=anchor)


def _label(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 1 else f"{value:g}"
