"""What moves: boats, cars, rockets, balloons."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Point, box, circle, oval, points, ribbon, smooth
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen

_WOOD: Colour = (150, 96, 60)


def sailboat(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.5, 0.3)
    pen.fill(_WOOD, box(-0.012, 0.16, 0.012, 0.98))
    sail = darken((252, 246, 234), 0.0)
    pen.fill(
        Fade((WHITE, sail, darken(sail, 0.14)), across=True),
        smooth(points("0.03,0.95 0.3,0.52 0.42,0.24 0.03,0.24"), steps=5),
    )
    pen.fill(
        Fade((lighten(colour, 0.1), darken(colour, 0.1))),
        smooth(points("-0.03,0.86 -0.22,0.5 -0.3,0.26 -0.03,0.26"), steps=5),
    )
    hull = [
        (-0.46, 0.18),
        (0.50, 0.18),
        *smooth(points("0.5,0.18 0.38,0.02 0.1,-0.02 -0.3,0 -0.46,0.18"), closed=False),
    ]
    pen.fill(Fade((lighten(_WOOD, 0.15), darken(_WOOD, 0.35))), hull)
    pen.fill(WHITE, box(-0.45, 0.155, 0.49, 0.185), opacity=0.85)


def ship(pen: Pen, colour: Colour) -> None:
    """A steamer with a funnel."""
    pen.shadow(0.8, 0.3)
    for step in range(4):
        puff = circle(-0.02 - 0.11 * step, 0.94 + 0.06 * step, 0.05 + 0.025 * step)
        pen.fill(WHITE, puff, opacity=0.4 - 0.07 * step, soft=0.02)
    pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.25)), across=True), box(-0.06, 0.5, 0.10, 0.88))
    pen.fill((250, 248, 240), box(-0.42, 0.28, 0.34, 0.48, 0.02), box(-0.26, 0.46, 0.22, 0.62, 0.02))
    pen.fill((96, 140, 170), *(circle(x, 0.38, 0.028) for x in (-0.32, -0.2, -0.08, 0.04, 0.16, 0.27)))
    hull = [
        (-0.72, 0.32),
        (0.86, 0.36),
        *smooth(points("0.86,0.36 0.66,0.02 -0.5,0 -0.66,0.1 -0.72,0.32"), closed=False),
    ]
    pen.fill(Fade((darken(colour, 0.1), darken(colour, 0.55))), hull)


def car(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.95, 0.5)
    cabin = smooth(points("-0.5,0.44 -0.34,0.76 -0.05,0.84 0.22,0.78 0.46,0.46"), closed=False)
    pen.fill(Fade((lighten(colour, 0.25), darken(colour, 0.05))), cabin)
    pen.fill(
        Fade(((206, 232, 244), (110, 150, 176))),
        smooth(points("-0.42,0.47 -0.29,0.72 -0.04,0.77 -0.04,0.47"), steps=5),
        smooth(points("0.02,0.47 0.02,0.77 0.19,0.72 0.38,0.47"), steps=5),
    )
    body = smooth(points("-0.92,0.18 -0.9,0.4 -0.6,0.5 0,0.52 0.5,0.49 0.84,0.4 0.95,0.2 0,0.14"))
    pen.fill(Fade((lighten(colour, 0.3), colour, darken(colour, 0.35))), body)
    pen.fill(WHITE, ribbon(points("-0.8,0.4 0,0.44 0.75,0.38"), (0.0, 0.018, 0.0)), opacity=0.6)
    pen.shine((255, 238, 176), oval(0.86, 0.32, 0.05, 0.05))
    pen.shine((226, 60, 50), oval(-0.88, 0.34, 0.03, 0.05))
    for x in (-0.54, 0.54):
        pen.fill((34, 34, 38), circle(x, 0.17, 0.18))
        pen.fill(Globe((226, 228, 232), (120, 124, 132)), circle(x, 0.17, 0.10))


def rocket(pen: Pen, colour: Colour) -> None:
    pen.glow((255, 190, 90), 0.0, -0.05, 0.42, 0.8)
    pen.shine(
        Fade(((255, 240, 170), (255, 150, 50), (230, 70, 40))),
        smooth(points("-0.1,0.14 -0.13,0 0,-0.3 0.13,0 0.1,0.14"), steps=6),
    )
    fins = (
        smooth(points("-0.15,0.4 -0.34,0.2 -0.34,0.04 -0.13,0.16"), steps=5),
        smooth(points("0.15,0.4 0.34,0.2 0.34,0.04 0.13,0.16"), steps=5),
    )
    pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.3)), across=True), *fins)
    body = smooth(
        points("0,1 0.12,0.82 0.19,0.56 0.16,0.24 0.11,0.12 -0.11,0.12 -0.16,0.24 -0.19,0.56 -0.12,0.82"),
        steps=6,
    )
    pen.fill(Fade((WHITE, (236, 238, 242), (160, 166, 184)), across=True), body)
    pen.fill(Fade((lighten(colour, 0.2), darken(colour, 0.2)), across=True), box(-0.3, 0.78, 0.3, 1.1), within=body)
    pen.fill((84, 92, 112), circle(0.0, 0.58, 0.095))
    pen.fill(Globe((186, 232, 250), (40, 96, 150)), circle(0.0, 0.58, 0.07))


def hot_air_balloon(pen: Pen, colour: Colour) -> None:
    bag = smooth(
        points("0,1 0.26,0.93 0.38,0.7 0.28,0.46 0.09,0.28 -0.09,0.28 -0.28,0.46 -0.38,0.7 -0.26,0.93"),
        steps=8,
    )
    pen.fill(
        (96, 70, 50), ribbon([(-0.085, 0.29), (-0.06, 0.12)], (0.008,)), ribbon([(0.085, 0.29), (0.06, 0.12)], (0.008,))
    )
    pen.fill(Globe(lighten(colour, 0.25), darken(colour, 0.3), 0.36, 0.3, 0.9), bag)
    for half, paint in ((0.27, lighten(mix(colour, (255, 220, 120), 0.6), 0.2)), (0.13, darken(colour, 0.12))):
        gore = smooth(
            [
                (0.0, 1.0),
                (half * 0.8, 0.90),
                (half, 0.70),
                (half * 0.7, 0.46),
                (0.03, 0.28),
                (-0.03, 0.28),
                (-half * 0.7, 0.46),
                (-half, 0.70),
                (-half * 0.8, 0.90),
            ],
            steps=6,
        )
        pen.fill(Globe(lighten(paint, 0.2), darken(paint, 0.25), 0.3, 0.3, 1.0), gore, within=bag)
    pen.fill(Fade(((176, 122, 76), (112, 74, 46))), box(-0.075, 0.0, 0.075, 0.13, 0.015))


def balloon(pen: Pen, colour: Colour) -> None:
    """A toy balloon on a string."""
    line: list[Point] = smooth(points("0,0.46 0.04,0.3 -0.04,0.15 0.02,0"), closed=False)
    pen.fill((120, 120, 130), ribbon(line, (0.008,)))
    pen.fill(darken(colour, 0.2), points("-0.035,0.43 0.035,0.43 0,0.48"))
    pen.fill(Globe(lighten(colour, 0.4), darken(colour, 0.25), 0.34, 0.28, 0.9), oval(0.0, 0.73, 0.225, 0.27))
    pen.fill(WHITE, oval(-0.09, 0.83, 0.035, 0.065, 20), opacity=0.65, soft=0.008)


def kite(pen: Pen, colour: Colour) -> None:
    tail = smooth(points("0,0.36 0.1,0.22 -0.06,0.1 0.08,-0.08"), closed=False)
    pen.fill(darken(colour, 0.3), ribbon(tail, (0.014,)))
    for x, y in ((0.06, 0.24), (-0.01, 0.13), (0.03, 0.0)):
        pen.fill(
            lighten(colour, 0.3),
            [(x - 0.05, y + 0.03), (x + 0.05, y - 0.03), (x + 0.05, y + 0.03), (x - 0.05, y - 0.03)],
        )
    for panel, paint in (
        (points("0,1 -0.26,0.72 0,0.72"), lighten(colour, 0.25)),
        (points("0,1 0.26,0.72 0,0.72"), colour),
        (points("0,0.36 -0.26,0.72 0,0.72"), darken(colour, 0.15)),
        (points("0,0.36 0.26,0.72 0,0.72"), darken(colour, 0.3)),
    ):
        pen.fill(paint, panel)


def plane(pen: Pen, colour: Colour) -> None:
    pen.fill(darken(colour, 0.2), points("-0.1,0.5 0.22,0.46 -0.16,0.86 -0.28,0.86"))
    body = smooth(points("-0.8,0.56 -0.3,0.58 0.5,0.6 0.8,0.48 0.5,0.36 -0.3,0.4"), steps=7)
    pen.fill(Fade((WHITE, (240, 242, 246), (170, 178, 194))), body)
    pen.fill(
        Fade((lighten(colour, 0.1), darken(colour, 0.2))),
        points("-0.8,0.54 -0.62,0.54 -0.74,0.84 -0.88,0.84"),
        points("-0.12,0.46 0.22,0.46 -0.26,0.1 -0.4,0.1"),
    )
    pen.fill(
        (70, 110, 150),
        *(circle(x, 0.51, 0.022) for x in (-0.3, -0.18, -0.06, 0.06, 0.18, 0.30)),
        oval(0.62, 0.52, 0.06, 0.035),
    )
