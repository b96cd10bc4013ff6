"""Animals with a body of their own: birds, fish, whale, butterfly, horse."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import box, circle, oval, points, ribbon, shrunk, smooth
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen
from gateway.imaging.drawing.sitting import CREAM, INK, eye


def bird(pen: Pen, colour: Colour) -> None:
    """A small round one on the ground or a branch."""
    pen.shadow(0.3)
    pen.fill((220, 150, 70), *(ribbon([(x, 0.14), (x + 0.02, 0.0)], (0.022,)) for x in (-0.06, 0.06)))
    pen.fill(darken(colour, 0.2), points("-0.34,0.4 -0.66,0.44 -0.62,0.3 -0.3,0.24"))
    body = smooth(points("0.3,0.78 0.14,0.9 -0.06,0.82 -0.26,0.56 -0.36,0.34 -0.12,0.12 0.16,0.14 0.34,0.4"))
    pen.fill(Globe(lighten(colour, 0.25), darken(colour, 0.2), 0.5, 0.25, 0.9), body)
    pen.fill(mix(colour, CREAM, 0.75), oval(0.14, 0.34, 0.17, 0.22, 12), within=body, soft=0.03)
    pen.fill(
        Fade((darken(colour, 0.1), darken(colour, 0.4))),
        smooth(points("0.04,0.56 -0.2,0.52 -0.46,0.28 -0.1,0.26"), steps=6),
    )
    pen.fill((240, 166, 60), points("0.3,0.76 0.46,0.69 0.3,0.65"))
    eye(pen, 0.18, 0.74, 0.042)


def owl(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.36)
    body = smooth(points("0,0.96 0.24,1.02 0.33,0.76 0.36,0.36 0.2,0.02 -0.2,0.02 -0.36,0.36 -0.33,0.76 -0.24,1.02"))
    pen.fill(Globe(lighten(colour, 0.2), darken(colour, 0.3), 0.4, 0.25, 0.9), body)
    pen.fill(mix(colour, CREAM, 0.7), oval(0.0, 0.32, 0.21, 0.28), within=body)
    specks = [
        oval(0.09 * column + 0.045 * (row % 2), 0.48 - 0.1 * row, 0.022, 0.03)
        for row in range(4)
        for column in (-1, 0, 1)
    ]
    pen.fill(darken(colour, 0.1), *specks, opacity=0.6)
    wing = smooth(points("0.3,0.66 0.4,0.4 0.28,0.1 0.22,0.4"), steps=6)
    pen.fill(darken(colour, 0.35), wing, [(-x, y) for x, y in wing])
    for x in (-0.14, 0.14):
        pen.fill(CREAM, circle(x, 0.76, 0.135))
        pen.fill((246, 186, 60), circle(x, 0.76, 0.095))
        eye(pen, x, 0.76, 0.06)
    pen.fill(
        (236, 152, 60),
        points("-0.05,0.7 0.05,0.7 0,0.59"),
        oval(-0.1, 0.02, 0.07, 0.03),
        oval(0.1, 0.02, 0.07, 0.03),
    )


def penguin(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.34)
    pen.fill((244, 160, 60), oval(-0.12, 0.02, 0.12, 0.045), oval(0.12, 0.02, 0.12, 0.045))
    for side in (-1, 1):
        pen.fill(
            darken(colour, 0.25),
            smooth([(0.24 * side, 0.62), (0.40 * side, 0.36), (0.37 * side, 0.24), (0.22 * side, 0.34)], steps=6),
        )
    body = smooth(points("0,1 0.19,0.92 0.22,0.74 0.31,0.44 0.24,0.06 -0.24,0.06 -0.31,0.44 -0.22,0.74 -0.19,0.92"))
    pen.fill(Fade((lighten(colour, 0.2), colour, darken(colour, 0.3)), across=True), body)
    front = smooth(points("0,0.8 0.12,0.86 0.15,0.74 0.22,0.42 0.15,0.08 -0.15,0.08 -0.22,0.42 -0.15,0.74 -0.12,0.86"))
    pen.fill(Fade((CREAM, (222, 226, 234))), front)
    pen.fill((244, 160, 60), points("-0.06,0.77 0.06,0.77 0,0.69"))
    for x in (-0.085, 0.085):
        eye(pen, x, 0.82, 0.035)


def fish(pen: Pen, colour: Colour) -> None:
    """Swims to the right, half a unit above its foot."""
    tail = smooth(points("-0.46,0.5 -0.78,0.8 -0.7,0.5 -0.78,0.2"), steps=6)
    fins = (
        smooth(points("-0.16,0.72 0.06,0.98 0.26,0.74"), steps=6),
        smooth(points("-0.06,0.28 0.02,0.08 0.2,0.26"), steps=6),
    )
    pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.25))), tail, *fins)
    body = smooth(points("0.64,0.5 0.42,0.7 0.06,0.79 -0.3,0.66 -0.54,0.5 -0.3,0.34 0.06,0.21 0.42,0.3"))
    pen.fill(Fade((lighten(colour, 0.22), colour, darken(colour, 0.12))), body)
    stripes = [oval(x, 0.5, 0.055, 0.34) for x in (0.22, -0.12, -0.38)]
    pen.fill(CREAM, *stripes, within=body, opacity=0.9)
    pen.fill(darken(colour, 0.2), smooth(points("0.02,0.52 -0.16,0.42 -0.1,0.34 0.06,0.42"), steps=6))
    pen.fill(WHITE, circle(0.42, 0.56, 0.075))
    eye(pen, 0.44, 0.56, 0.045)


def whale(pen: Pen, colour: Colour) -> None:
    body = smooth(
        points("0.84,0.42 0.7,0.66 0.3,0.76 -0.14,0.62 -0.46,0.46 -0.72,0.66 -0.62,0.42 -0.3,0.16 0.2,0.02 0.66,0.1")
    )
    flukes = smooth(points("-0.64,0.58 -0.98,0.66 -1.02,0.88 -0.76,0.78 -0.6,0.96 -0.48,0.8"), steps=6)
    pen.fill(darken(colour, 0.12), flukes)
    pen.fill(Fade((lighten(colour, 0.15), colour, darken(colour, 0.2))), body)
    belly = smooth(points("0.84,0.36 0.3,0.32 -0.26,0.2 0,0 0.5,-0.04 0.86,0.1"))
    pen.fill(mix(colour, WHITE, 0.72), belly, within=body)
    lines = [ribbon([(0.78, y), (0.30, y - 0.02), (-0.05, y - 0.07)], (0.010, 0.010, 0.0)) for y in (0.26, 0.19, 0.12)]
    pen.fill(darken(colour, 0.1), *lines, opacity=0.5, within=body)
    pen.fill(darken(colour, 0.25), smooth(points("0.3,0.22 0.1,-0.1 0,-0.08 0.1,0.22"), steps=6))
    eye(pen, 0.56, 0.42, 0.032)
    for lean in (-0.16, 0.0, 0.16):
        spout = smooth([(0.44, 0.74), (0.44 + lean * 0.5, 0.98), (0.44 + lean, 0.96 + 0.1 * (lean == 0))], closed=False)
        pen.fill((232, 246, 252), ribbon(spout, (0.03, 0.05, 0.02)), opacity=0.8)


def butterfly(pen: Pen, colour: Colour) -> None:
    for side in (-1, 1):
        upper = smooth(
            [(0.02 * side, 0.56), (0.26 * side, 0.98), (0.58 * side, 0.96), (0.52 * side, 0.62), (0.18 * side, 0.46)]
        )
        lower = smooth(
            [(0.02 * side, 0.50), (0.34 * side, 0.46), (0.44 * side, 0.20), (0.24 * side, 0.04), (0.06 * side, 0.26)]
        )
        pen.fill(darken(colour, 0.55), upper, lower)
        pen.fill(Globe(lighten(colour, 0.4), colour, 0.5, 0.5, 0.8), shrunk(upper, 0.83), shrunk(lower, 0.8))
        pen.fill(lighten(colour, 0.65), circle(0.44 * side, 0.84, 0.05), circle(0.33 * side, 0.24, 0.04))
    pen.fill(INK, oval(0.0, 0.48, 0.035, 0.24))
    for side in (-1, 1):
        feeler = smooth([(0.0, 0.70), (0.06 * side, 0.86), (0.16 * side, 0.96)], closed=False)
        pen.fill(INK, ribbon(feeler, (0.015,)), circle(0.16 * side, 0.96, 0.02))


def horse(pen: Pen, colour: Colour) -> None:
    """Stands in profile, looking right."""
    pen.shadow(0.6, 0.4)
    mane = darken(colour, 0.5)
    legs = ((-0.36, -0.40), (-0.24, -0.20), (0.22, 0.20), (0.34, 0.38))
    for step, (top, foot) in enumerate(legs):
        paint = darken(colour, 0.3 if step % 2 else 0.08)
        pen.fill(paint, ribbon([(top, 0.46), ((top + foot) / 2 + 0.01, 0.24), (foot, 0.03)], (0.13, 0.06, 0.06)))
        pen.fill(INK, box(foot - 0.04, 0.0, foot + 0.05, 0.05, 0.01))
    pen.fill(
        mane,
        ribbon(smooth(points("-0.44,0.6 -0.58,0.46 -0.56,0.24 -0.62,0.14"), closed=False), (0.06, 0.12, 0.03)),
    )
    body = smooth(
        points(
            "-0.46,0.6 -0.2,0.65 0.14,0.62 0.32,0.72 0.44,0.94 0.54,0.98 0.74,0.8 0.76,0.73 0.68,0.7 "
            "0.54,0.77 0.46,0.56 0.34,0.4 0,0.36 -0.34,0.38 -0.48,0.46"
        ),
        steps=6,
    )
    pen.fill(Fade((lighten(colour, 0.15), colour, darken(colour, 0.22))), body)
    pen.fill(colour, points("0.46,0.95 0.49,1.08 0.54,0.96"))
    pen.fill(
        mane,
        ribbon(smooth(points("0.52,1 0.38,0.9 0.27,0.7 0.16,0.6"), closed=False), (0.04, 0.12, 0.09, 0.0)),
    )
    eye(pen, 0.57, 0.87, 0.02)
