"""Animals that sit and look at the viewer: one body, and what makes them differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.imaging.drawing.outlines import Outline, Point, circle, oval, points, ribbon, shrunk, smooth
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen

INK: Colour = (40, 34, 38)
CREAM: Colour = (252, 244, 232)
_BLUSH: Colour = (240, 160, 164)


@dataclass(frozen=True, slots=True)
class Build:
    """What makes one sitting animal differ from another; y from the ground, x from the middle."""

    ears: tuple[Point, ...]
    """The outline of the right ear."""
    inner: Colour | None = _BLUSH
    muzzle: tuple[float, float] = (0.10, 0.075)
    """Half width and half height of the light part around the nose."""
    nose: Colour = (196, 100, 108)
    tail: float = 0.07
    """How thick; 0 for none."""
    brush: bool = False
    """The tail ends in a white brush."""
    hanging: bool = False
    """The ears hang, in front of the head."""
    pointed: bool = False
    """The ears keep their corners."""
    whiskers: bool = False
    mask: Colour | None = None
    """Patches around the eyes and on the ears."""


CAT = Build(points("0.04,0.86 0.2,1.04 0.24,0.76"), whiskers=True, pointed=True)
DOG = Build(
    points("0.12,0.9 0.27,0.88 0.31,0.66 0.24,0.56 0.18,0.7"),
    inner=None,
    muzzle=(0.12, 0.10),
    nose=INK,
    tail=0.06,
    hanging=True,
)
FOX = Build(
    points("0.05,0.86 0.22,1.08 0.25,0.74"),
    inner=(70, 48, 44),
    muzzle=(0.17, 0.09),
    nose=INK,
    tail=0.17,
    brush=True,
    pointed=True,
)
RABBIT = Build(points("0.04,0.84 0.05,1.14 0.11,1.26 0.16,1.12 0.14,0.84"), muzzle=(0.08, 0.06), tail=0.0)
BEAR = Build(points("0.12,0.84 0.14,0.96 0.22,0.97 0.26,0.89 0.22,0.8"), inner=(206, 150, 116), nose=INK, tail=0.0)
PANDA = replace(BEAR, inner=None, mask=(48, 46, 52))


def sitting(build: Build) -> Callable[[Pen, Colour], None]:
    """A painter for an animal of this build."""

    def paint(pen: Pen, colour: Colour) -> None:
        pen.shadow(0.42)
        _tail(pen, build, colour)
        _body(pen, build, colour)
        _head(pen, build, colour)
        _face(pen, build)

    return paint


def _tail(pen: Pen, build: Build, colour: Colour) -> None:
    if build.tail == 0:
        return
    line = smooth(points("0.2,0.06 0.44,0.08 0.54,0.28 0.44,0.46 0.5,0.58"), closed=False)
    thick = build.tail
    pen.fill(
        darken(colour, 0.14),
        ribbon(line, (thick * 0.7, thick, thick * 1.4, thick, thick * 0.2)),
        circle(*line[-1], thick * 0.2),
    )
    if build.brush:
        pen.fill(CREAM, ribbon(line[-12:], (thick * 1.25, thick, 0.0)))


def _body(pen: Pen, build: Build, colour: Colour) -> None:
    outline = smooth(points("0,0.6 0.17,0.52 0.27,0.26 0.3,0.08 0.2,0 -0.2,0 -0.3,0.08 -0.27,0.26 -0.17,0.52"))
    lower = build.mask or colour
    pen.fill(Globe(lighten(colour, 0.15), darken(colour, 0.25), 0.4, 0.3, 0.9), outline)
    pen.fill(mix(colour, CREAM, 0.72), oval(0.0, 0.34, 0.12, 0.19), within=outline, soft=0.012)
    for side in (-1, 1):
        leg = smooth(
            [(0.05 * side, 0.36), (0.10 * side, 0.38), (0.14 * side, 0.10), (0.13 * side, 0.0), (0.03 * side, 0.0)]
        )
        pen.fill(Fade((lower, darken(lower, 0.12))), leg, oval(0.085 * side, 0.03, 0.075, 0.04))
        pen.fill(darken(lower, 0.1), oval(0.24 * side, 0.04, 0.10, 0.05))
    toes: list[Outline] = [ribbon([(x, 0.045), (x, 0.005)], (0.008,)) for x in (-0.105, -0.07, 0.07, 0.105)]
    pen.fill(darken(lower, 0.35), *toes, opacity=0.7)


def _head(pen: Pen, build: Build, colour: Colour) -> None:
    right = build.ears if build.pointed else smooth(build.ears, steps=6)
    ears = (right, [(-x, y) for x, y in right])
    if not build.hanging:
        _ears(pen, build, ears, build.mask or darken(colour, 0.12))
    pen.fill(Globe(lighten(colour, 0.22), darken(colour, 0.14), 0.42, 0.3, 0.85), oval(0.0, 0.72, 0.26, 0.21))
    if build.hanging:
        _ears(pen, build, ears, darken(colour, 0.35))


def _ears(pen: Pen, build: Build, ears: tuple[Outline, Outline], paint: Colour) -> None:
    pen.fill(paint, *ears)
    if build.inner is not None:
        pen.fill(build.inner, *(shrunk(ear, 0.58) for ear in ears))


def _face(pen: Pen, build: Build) -> None:
    half_width, half_height = build.muzzle
    if build.mask is not None:
        pen.fill(build.mask, oval(-0.105, 0.73, 0.07, 0.085, -25), oval(0.105, 0.73, 0.07, 0.085, 25))
    pen.fill(
        CREAM,
        oval(-half_width * 0.5, 0.625, half_width * 0.62, half_height),
        oval(half_width * 0.5, 0.625, half_width * 0.62, half_height),
    )
    for x in (-0.10, 0.10):
        eye(pen, x, 0.745, 0.04)
    pen.fill(_BLUSH, oval(-0.18, 0.66, 0.035, 0.022), oval(0.18, 0.66, 0.035, 0.022), opacity=0.6)
    pen.fill(build.nose, smooth(points("-0.035,0.665 0.035,0.665 0,0.635"), steps=5))
    mouth = [
        ribbon(smooth([(0.0, 0.64), (0.012 * side, 0.605), (0.06 * side, 0.605)], closed=False), (0.010,))
        for side in (-1, 1)
    ]
    pen.fill(INK, *mouth)
    if build.whiskers:
        hairs = [
            ribbon([(0.10 * side, y), (0.34 * side, y + rise)], (0.006, 0.002))
            for side in (-1, 1)
            for y, rise in ((0.64, 0.04), (0.62, 0.0), (0.60, -0.04))
        ]
        pen.fill(darken(CREAM, 0.1), *hairs, opacity=0.85)


def eye(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.fill(INK, oval(x, y, radius, radius * 1.15))
    pen.fill(WHITE, circle(x - radius * 0.3, y + radius * 0.4, radius * 0.33, 16))
