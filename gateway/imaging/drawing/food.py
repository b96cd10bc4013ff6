"""Fruit, sweets and drinks. Each is about one unit tall or wide."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Point, box, circle, oval, points, ribbon, smooth, spun
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen

_STEM: Colour = (104, 76, 44)
_LEAF: Colour = (92, 152, 70)
_BANANA = points("-0.86,0.9 -0.81,0.74 -0.7,0.48 -0.44,0.25 -0.06,0.15 0.32,0.2 0.58,0.38 0.73,0.6 0.77,0.7")
"""The line through its middle, from stem to tip."""
_BANANA_WIDTHS = (0.085, 0.09, 0.20, 0.285, 0.32, 0.30, 0.23, 0.11, 0.07)
_SEEDS = points(
    "-0.2,0.6 0,0.62 0.2,0.6 -0.28,0.46 -0.1,0.47 0.1,0.47 0.28,0.46 -0.18,0.32 0,0.33 0.18,0.32 -0.08,0.18 0.09,0.18"
)


def banana(pen: Pen, colour: Colour) -> None:
    """Lies on its back: three faces with an edge between them, a stem and a dark tip."""
    spine = smooth(_BANANA, closed=False, steps=10)
    widths = [width for _, width in smooth(list(enumerate(_BANANA_WIDTHS)), closed=False, steps=10)]
    body = ribbon(spine, widths)
    green = (132, 152, 44)
    deep = mix(darken(colour, 0.22), (170, 84, 16), 0.25)
    pen.shadow(0.66, 0.5)
    pen.fill(Fade((mix(colour, green, 0.45), colour, colour, mix(colour, green, 0.15)), across=True), body)
    lower, upper = _strip(spine, widths, -0.52, -0.14), _strip(spine, widths, 0.18, 0.52)
    pen.fill(Fade((mix(deep, green, 0.4), deep, deep, darken(deep, 0.12)), across=True), lower, within=body)
    lit = lighten(colour, 0.42)
    pen.fill(Fade((mix(colour, green, 0.2), lit, lit, lighten(colour, 0.2)), across=True), upper, within=body)
    pen.fill(darken(deep, 0.3), _strip(spine, widths, -0.52, -0.36), opacity=0.35, soft=0.02, within=body)
    pen.fill(
        lighten(colour, 0.75), _strip(spine[26:58], widths[26:58], 0.27, 0.38), opacity=0.8, soft=0.008, within=body
    )
    pen.fill(darken(deep, 0.25), _strip(spine[8:], widths[8:], -0.155, -0.13), opacity=0.45)
    pen.fill(Fade(((86, 62, 38), mix(colour, green, 0.6))), ribbon(spine[:5], (0.10, 0.085)))
    pen.fill(Fade(((58, 40, 28), (104, 76, 40))), ribbon(spine[-5:], (0.085, 0.07)))


def apple(pen: Pen, colour: Colour) -> None:
    outline = smooth(
        points(
            "0,0.8 0.22,0.88 0.42,0.76 0.47,0.48 0.34,0.14 0.14,0 0,0.04 -0.14,0 -0.34,0.14 -0.47,0.48 "
            "-0.42,0.76 -0.22,0.88"
        )
    )
    pen.shadow(0.5)
    pen.fill(Globe(lighten(colour, 0.28), darken(colour, 0.42), 0.34, 0.30, 0.95), outline)
    pen.fill(darken(colour, 0.45), oval(0.0, 0.80, 0.15, 0.045), opacity=0.6, soft=0.02, within=outline)
    pen.fill(_STEM, ribbon(smooth(points("0,0.78 0.02,0.92 0.08,1.02"), closed=False), (0.035, 0.05)))
    pen.fill(Fade((lighten(_LEAF, 0.2), _LEAF)), _leaf(0.06, 0.93, 0.30, 28))
    pen.fill(WHITE, oval(-0.22, 0.62, 0.07, 0.13, 24), opacity=0.55, soft=0.015)


def round_fruit(pen: Pen, colour: Colour) -> None:
    """An orange, a peach, a lime."""
    pen.shadow(0.46)
    pen.fill(Globe(lighten(colour, 0.32), darken(colour, 0.34), 0.34, 0.30, 0.95), oval(0, 0.45, 0.46, 0.45))
    pen.fill(darken(colour, 0.4), circle(0.02, 0.86, 0.03))
    pen.fill(Fade((lighten(_LEAF, 0.2), _LEAF)), _leaf(0.03, 0.87, 0.28, 20))
    pen.fill(WHITE, oval(-0.2, 0.64, 0.07, 0.11, 32), opacity=0.4, soft=0.02)


def lemon(pen: Pen, colour: Colour) -> None:
    body = smooth(
        points(
            "-0.62,0.36 -0.46,0.46 -0.22,0.66 0.16,0.68 0.44,0.48 0.62,0.36 0.44,0.22 0.16,0.02 -0.22,0.04 -0.46,0.26"
        )
    )
    pen.shadow(0.55)
    pen.fill(Globe(lighten(colour, 0.4), darken(colour, 0.26), 0.36, 0.28, 0.9), body)
    pen.fill(WHITE, oval(-0.14, 0.52, 0.14, 0.05, 8), opacity=0.5, soft=0.02)


def berry(pen: Pen, colour: Colour) -> None:
    """A strawberry."""
    body = smooth(points("0,0 0.27,0.24 0.4,0.58 0.24,0.78 0,0.74 -0.24,0.78 -0.4,0.58 -0.27,0.24"))
    pen.shadow(0.3)
    pen.fill(Globe(lighten(colour, 0.22), darken(colour, 0.36), 0.34, 0.30, 0.95), body)
    seeds = [oval(x, y, 0.016, 0.026) for x, y in _SEEDS]
    pen.fill((250, 220, 140), *seeds, within=body)
    leaves = [_leaf(0.0, 0.76, 0.32, turn) for turn in (10, 60, 120, 170)]
    pen.fill(_LEAF, *leaves, ribbon([(0.0, 0.74), (0.04, 0.98)], (0.05, 0.04)))


def cherries(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.5)
    for x in (-0.26, 0.26):
        stalk = smooth([(x, 0.46), (x * 0.55, 0.72), (0.08, 1.0)], closed=False)
        pen.fill(_STEM, ribbon(stalk, (0.03, 0.025)))
        pen.fill(Globe(lighten(colour, 0.3), darken(colour, 0.5), 0.34, 0.28, 0.9), circle(x, 0.25, 0.25))
        pen.fill(WHITE, oval(x - 0.09, 0.35, 0.04, 0.06, 30), opacity=0.6)
    pen.fill(Fade((lighten(_LEAF, 0.2), _LEAF)), _leaf(0.08, 1.0, 0.36, -12))


def mug(pen: Pen, colour: Colour) -> None:
    """A cup of something hot."""
    pen.shadow(0.5)
    handle = smooth(points("0.34,0.6 0.58,0.58 0.6,0.3 0.36,0.18"), closed=False)
    pen.fill(darken(colour, 0.12), ribbon(handle, (0.09,)))
    body = smooth(points("-0.4,0.72 -0.38,0.22 -0.26,0.02 0.26,0.02 0.38,0.22 0.4,0.72"), closed=False)
    pen.fill(Fade((lighten(colour, 0.25), colour, darken(colour, 0.30)), across=True), body)
    pen.fill(lighten(colour, 0.35), oval(0, 0.72, 0.40, 0.085))
    pen.fill((82, 50, 32), oval(0, 0.715, 0.35, 0.062))
    for x, lean in ((-0.14, 0.07), (0.04, -0.08), (0.18, 0.06)):
        steam = smooth([(x, 0.80), (x + lean, 0.95), (x - lean, 1.10), (x + lean, 1.28)], closed=False)
        pen.fill(WHITE, ribbon(steam, (0.03, 0.08, 0.0)), opacity=0.38, soft=0.02)


def bottle(pen: Pen, colour: Colour) -> None:
    """Glass with a label; also perfume, wine and lotions."""
    pen.shadow(0.32)
    body = smooth(
        points(
            "-0.09,0.96 -0.09,0.74 -0.24,0.58 -0.26,0.3 -0.25,0.02 0.25,0.02 0.26,0.3 0.24,0.58 0.09,0.74 0.09,0.96"
        ),
        closed=False,
    )
    pen.fill(Fade((darken(colour, 0.35), lighten(colour, 0.10), colour, darken(colour, 0.45)), across=True), body)
    pen.fill((238, 230, 212), box(-0.225, 0.16, 0.225, 0.46), within=body)
    pen.fill(darken(colour, 0.1), box(-0.14, 0.34, 0.14, 0.38), box(-0.10, 0.25, 0.10, 0.275))
    pen.fill((212, 176, 96), box(-0.10, 0.90, 0.10, 1.0, 0.02))
    pen.fill(WHITE, box(-0.19, 0.06, -0.155, 0.58, 0.015), opacity=0.55, soft=0.008)


def glass(pen: Pen, colour: Colour) -> None:
    """A stemmed glass, two thirds full."""
    pen.shadow(0.24)
    pen.fill((220, 232, 238), box(-0.018, 0.03, 0.018, 0.46), oval(0, 0.03, 0.20, 0.03), opacity=0.75)
    bowl = smooth(points("-0.24,1 -0.28,0.72 -0.14,0.47 0.14,0.47 0.28,0.72 0.24,1"), closed=False)
    pen.fill((230, 240, 246), bowl, opacity=0.35)
    pen.fill(Fade((lighten(colour, 0.15), darken(colour, 0.25))), box(-0.4, 0.40, 0.4, 0.80), within=bowl, opacity=0.92)
    pen.fill(lighten(colour, 0.3), oval(0, 0.80, 0.262, 0.035))
    pen.fill(WHITE, ribbon(points("-0.2,0.94 -0.225,0.72 -0.17,0.58"), (0.012, 0.03, 0.01)), opacity=0.8)


def cake(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.62)
    cream = (252, 240, 224)
    for low, half in ((0.0, 0.56), (0.34, 0.42)):
        tier = box(-half, low, half, low + 0.34, 0.05)
        pen.fill(Fade((lighten(colour, 0.25), colour, darken(colour, 0.25)), across=True), tier)
        drips = [
            box(x, low + 0.20 - 0.05 * (step % 2), x + half / 5, low + 0.36, half / 10 - 0.001)
            for step, x in enumerate(-half + half * 0.22 * part for part in range(9))
        ]
        pen.fill(cream, box(-half, low + 0.28, half, low + 0.36, 0.035), *drips, within=tier)
    for x in (-0.2, 0.0, 0.2):
        pen.fill((120, 190, 220), box(x - 0.018, 0.67, x + 0.018, 0.86))
        pen.glow((255, 220, 120), x, 0.92, 0.16)
        pen.shine((255, 226, 130), oval(x, 0.92, 0.022, 0.05))


def cone(pen: Pen, colour: Colour) -> None:
    """Ice cream."""
    pen.shadow(0.16)
    wafer = points("0,0 0.23,0.54 -0.23,0.54")
    pen.fill(Fade(((232, 176, 104), (196, 130, 64)), across=True), wafer)
    lines = [ribbon([(x, 0.58), (x - 0.26, 0.0)], (0.012,)) for x in (-0.1, 0.02, 0.14, 0.26)]
    pen.fill((168, 106, 52), *lines, *([(-x, y) for x, y in line] for line in lines), within=wafer, opacity=0.7)
    pen.fill(Globe(lighten(colour, 0.35), darken(colour, 0.15)), circle(0, 0.70, 0.27))
    pen.fill(Globe((255, 250, 240), (236, 206, 196)), circle(0.02, 0.93, 0.20))
    pen.fill((206, 44, 62), circle(0.05, 1.13, 0.06))


def pumpkin(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.6)
    for x, half in ((-0.36, 0.24), (0.36, 0.24), (-0.19, 0.27), (0.19, 0.27), (0.0, 0.25)):
        pen.fill(Globe(lighten(colour, 0.22), darken(colour, 0.36), 0.4, 0.25, 0.9), oval(x, 0.38, half, 0.38))
    pen.fill((96, 118, 54), ribbon(smooth(points("0,0.68 0.02,0.84 0.14,0.94"), closed=False), (0.14, 0.08)))


def _leaf(x: float, y: float, length: float, turn: float) -> list[Point]:
    """Grows from (x, y) in a direction in degrees."""
    half = length / 2
    blade = [
        (x + length * share, y + half * 0.5 * side)
        for share, side in ((0, 0), (0.3, 0.9), (0.7, 0.75), (1.0, 0), (0.7, -0.6), (0.3, -0.8))
    ]
    return [spun(point, (x, y), turn) for point in smooth(blade, steps=5)]


def _strip(spine: list[Point], widths: list[float], low: float, high: float) -> list[Point]:
    """The part of a ribbon between two shares of its width, -0.5 to 0.5."""
    half = ribbon(spine, widths)
    count = len(spine)
    right, left = half[count:][::-1], half[:count]
    lower = [_along(start, end, 0.5 + low) for start, end in zip(right, left, strict=True)]
    upper = [_along(start, end, 0.5 + high) for start, end in zip(right, left, strict=True)]
    return lower + upper[::-1]


def _along(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
