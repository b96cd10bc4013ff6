"""Things people make and hold: easel, lantern, candle, books, gems, umbrella."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Outline, box, circle, moved, oval, points, ribbon, smooth, star
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix, rotate
from gateway.imaging.drawing.pen import Pen

_WOOD: Colour = (158, 106, 66)
_FLAME: tuple[Colour, ...] = ((255, 246, 190), (255, 196, 80), (240, 110, 50))


def easel(pen: Pen, colour: Colour) -> None:
    """Stands with an empty canvas; the centre of the canvas is (0, 0.62)."""
    pen.shadow(0.5, 0.35)
    legs = ([(-0.05, 1.0), (-0.36, 0.0)], [(0.05, 1.0), (0.36, 0.0)], [(0.0, 0.9), (0.02, 0.05)])
    pen.fill(Fade((lighten(_WOOD, 0.1), darken(_WOOD, 0.3))), *(ribbon(leg, (0.045,)) for leg in legs))
    pen.fill((0, 0, 0), box(-0.35, 0.31, 0.39, 0.91), opacity=0.25, soft=0.02)
    pen.fill(darken(colour, 0.12), box(-0.37, 0.32, 0.37, 0.92))
    pen.fill(Fade((lighten(colour, 0.5), colour)), box(-0.355, 0.335, 0.355, 0.905))
    pen.fill(_WOOD, box(-0.40, 0.28, 0.40, 0.325, 0.01))


def brush(pen: Pen, colour: Colour) -> None:
    """Lies along the x axis; its wet tip is at (0, 0)."""
    pen.fill(_WOOD, ribbon([(-0.12, 0.0), (-1.0, 0.0)], (0.07, 0.05, 0.03)))
    pen.fill((196, 200, 206), box(-0.22, -0.045, -0.11, 0.045))
    pen.fill(colour, smooth(points("-0.12,0.05 -0.05,0.05 0.02,0 -0.05,-0.05 -0.12,-0.05"), steps=5))


def lantern(pen: Pen, colour: Colour) -> None:
    pen.glow((255, 206, 120), 0.0, 0.42, 1.1, 0.6)
    pen.shadow(0.35)
    pen.fill(
        darken(colour, 0.3),
        ribbon(smooth(points("-0.16,0.8 -0.1,1 0.1,1 0.16,0.8"), closed=False), (0.025,)),
    )
    pen.shine(Globe((255, 244, 190), (250, 170, 70), 0.5, 0.55, 0.7), box(-0.22, 0.1, 0.22, 0.72, 0.05))
    pen.fill(
        colour,
        box(-0.27, 0.0, 0.27, 0.12, 0.03),
        box(-0.24, 0.70, 0.24, 0.78, 0.02),
        points("-0.2,0.77 0.2,0.77 0.07,0.88 -0.07,0.88"),
    )
    pen.fill(colour, *(box(x - 0.015, 0.1, x + 0.015, 0.72) for x in (-0.21, 0.0, 0.21)))


def candle(pen: Pen, colour: Colour) -> None:
    pen.glow(_FLAME[1], 0.0, 0.84, 0.9, 0.6)
    pen.shadow(0.3)
    pen.fill(Fade((lighten(colour, 0.3), colour, darken(colour, 0.3)), across=True), box(-0.15, 0.0, 0.15, 0.66, 0.03))
    pen.fill(lighten(colour, 0.4), oval(0.0, 0.65, 0.15, 0.035))
    pen.fill((60, 50, 46), ribbon([(0.0, 0.64), (0.01, 0.74)], (0.016,)))
    pen.shine(Fade(_FLAME), smooth(points("0.01,1 0.07,0.82 0,0.71 -0.07,0.82"), steps=6))


def campfire(pen: Pen, colour: Colour) -> None:
    pen.glow(_FLAME[1], 0.0, 0.35, 1.6, 0.6)
    for turn, x in ((16, -0.02), (-16, 0.02)):
        log = pen.part(x, 0.08, 1.0, turn)
        log.fill(Fade((lighten((112, 74, 50), 0.1), (72, 46, 32))), box(-0.5, -0.07, 0.5, 0.07, 0.06))
    for width, rise, paint in (
        (0.34, 0.95, darken(colour, 0.05)),
        (0.24, 0.72, (255, 176, 64)),
        (0.14, 0.48, (255, 236, 160)),
    ):
        flame = [
            (0.0, rise),
            (width * 0.45, rise * 0.62),
            (width * 0.8, rise * 0.66),
            (width, 0.22),
            (width * 0.5, 0.06),
            (-width * 0.5, 0.06),
            (-width, 0.24),
            (-width * 0.62, rise * 0.74),
            (-width * 0.36, rise * 0.5),
        ]
        pen.shine(paint, smooth(flame, steps=6))


def books(pen: Pen, colour: Colour) -> None:
    """A small pile, seen from the spines."""
    pen.shadow(0.75)
    for step, (half, lean) in enumerate(((0.62, 0.0), (0.54, 0.05), (0.58, -0.04))):
        paint = rotate(colour, 75 * step)
        low = 0.25 * step
        spine = box(lean - half, low, lean + half, low + 0.24, 0.03)
        pen.fill(Fade((lighten(paint, 0.22), paint, darken(paint, 0.28))), spine)
        bands = [box(lean + x, low - 0.01, lean + x + 0.025, low + 0.25) for x in (0.14 - half, half - 0.17)]
        pen.fill((236, 198, 120), *bands, within=spine)
        pen.fill(lighten(paint, 0.55), box(lean - 0.2, low + 0.10, lean + 0.2, low + 0.14, 0.015), opacity=0.8)


def gem(pen: Pen, colour: Colour) -> None:
    """A cut stone standing on its point."""
    pen.glow(lighten(colour, 0.5), 0.0, 0.5, 0.9, 0.35)
    pen.shadow(0.3)
    tops = points("-0.32,0.92 -0.11,0.92 0.11,0.92 0.32,0.92")
    girdle = points("-0.52,0.64 -0.26,0.6 0,0.58 0.26,0.6 0.52,0.64")
    shares = (0.45, 0.15, 0.6, 0.05, 0.3, 0.7, 0.2)
    facets: list[Outline] = [
        [girdle[0], tops[0], girdle[1]],
        [tops[0], tops[1], girdle[1]],
        [tops[1], girdle[2], girdle[1]],
        [tops[1], tops[2], girdle[2]],
        [tops[2], girdle[3], girdle[2]],
        [tops[2], tops[3], girdle[3]],
        [tops[3], girdle[4], girdle[3]],
    ]
    for facet, share in zip(facets, shares, strict=True):
        pen.fill(lighten(colour, share), facet)
    for left, right, share in zip(girdle, girdle[1:], (0.30, -0.15, 0.15, -0.4), strict=False):
        pen.fill(lighten(colour, share) if share > 0 else darken(colour, -share), [left, right, (0.0, 0.0)])
    pen.shine(WHITE, star(-0.3, 0.84, 0.14, 4, 0.14))


def crown(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.55)
    shape = points("-0.5,0.12 -0.58,0.7 -0.29,0.42 0,0.86 0.29,0.42 0.58,0.7 0.5,0.12")
    pen.fill(Fade((lighten(colour, 0.45), colour, darken(colour, 0.2), lighten(colour, 0.1)), across=True), shape)
    pen.fill(darken(colour, 0.2), box(-0.52, 0.04, 0.52, 0.20, 0.03))
    pen.fill(lighten(colour, 0.4), *(circle(x, y, 0.06) for x, y in ((-0.58, 0.72), (0.0, 0.88), (0.58, 0.72))))
    for x, paint in ((-0.32, (206, 44, 60)), (0.0, (40, 110, 210)), (0.32, (36, 160, 100))):
        pen.fill(Globe(lighten(paint, 0.4), darken(paint, 0.2)), circle(x, 0.12, 0.06))


def heart(pen: Pen, colour: Colour) -> None:
    pen.glow(lighten(colour, 0.3), 0.0, 0.5, 0.9, 0.3)
    outline = smooth(
        points("0,0.02 0.34,0.34 0.5,0.66 0.4,0.92 0.18,0.96 0,0.78 -0.18,0.96 -0.4,0.92 -0.5,0.66 -0.34,0.34")
    )
    pen.fill(Globe(lighten(colour, 0.35), darken(colour, 0.3), 0.32, 0.28, 0.95), outline)
    pen.fill(WHITE, oval(-0.28, 0.78, 0.06, 0.11, -35), opacity=0.5, soft=0.015)


def umbrella(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.2)
    pen.fill(
        (92, 74, 62),
        ribbon(smooth(points("0,0.9 0,0.3 0,0.08 0.06,0.02 0.12,0.08"), closed=False), (0.03,)),
    )
    dome = smooth(
        points("-0.56,0.56 -0.48,0.78 -0.25,0.94 0,0.99 0.25,0.94 0.48,0.78 0.56,0.56"),
        closed=False,
    )
    scallops = smooth(
        points("0.56,0.56 0.37,0.62 0.19,0.55 0,0.62 -0.19,0.55 -0.37,0.62 -0.56,0.56"),
        closed=False,
        steps=5,
    )
    pen.fill(Fade((lighten(colour, 0.25), colour, darken(colour, 0.2)), across=True), dome + scallops)
    for half, paint in ((0.37, lighten(colour, 0.3)), (0.19, colour)):
        gore = [
            (0.0, 0.99),
            *smooth([(half, 0.9), (half * 1.05, 0.57)], closed=False),
            *smooth([(-half * 1.05, 0.57), (-half, 0.9)], closed=False),
        ]
        pen.fill(paint, gore, opacity=0.45, within=dome + scallops)


def snowman(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.4)
    for y, radius in ((0.24, 0.25), (0.58, 0.18), (0.84, 0.13)):
        pen.fill(Globe(WHITE, (186, 204, 228), 0.36, 0.3, 0.95), circle(0, y, radius))
    for side in (-1, 1):
        pen.fill(
            (96, 70, 52),
            ribbon([(0.15 * side, 0.62), (0.38 * side, 0.74)], (0.02,)),
            ribbon([(0.30 * side, 0.70), (0.32 * side, 0.80)], (0.012,)),
        )
    pen.fill(colour, box(-0.13, 0.68, 0.13, 0.735, 0.025), box(0.04, 0.52, 0.10, 0.70, 0.02))
    pen.fill(
        (36, 36, 44),
        circle(-0.045, 0.88, 0.014),
        circle(0.045, 0.88, 0.014),
        *(circle(0, y, 0.016) for y in (0.52, 0.60)),
    )
    pen.fill((242, 132, 40), points("0,0.855 0,0.825 0.14,0.83"))
    pen.fill((44, 44, 54), box(-0.15, 0.93, 0.15, 0.955, 0.01), box(-0.10, 0.94, 0.10, 1.08, 0.01))
    pen.fill(colour, box(-0.10, 0.955, 0.10, 0.985))


def guitar(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.25)
    half = points("0,0 0.2,0.03 0.26,0.15 0.21,0.26 0.145,0.32 0.17,0.4 0.15,0.48 0,0.52")
    body = smooth([*half, *((-x, y) for x, y in half[-2:0:-1])], steps=6)
    pen.fill(darken(colour, 0.5), moved(body, 0.012, -0.006))
    pen.fill(Globe(lighten(colour, 0.35), darken(colour, 0.18), 0.4, 0.3, 0.8), body)
    pen.fill((66, 44, 32), box(-0.028, 0.36, 0.028, 0.92), box(-0.05, 0.88, 0.05, 1.03, 0.015))
    pen.fill((48, 32, 26), circle(0.0, 0.32, 0.072), box(-0.08, 0.12, 0.08, 0.145))
    pen.fill((238, 232, 216), *(ribbon([(x, 0.13), (x * 0.8, 0.94)], (0.004,)) for x in (-0.018, -0.006, 0.006, 0.018)))


def sneaker(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.85, 0.5)
    upper = smooth(
        points("-0.72,0.14 -0.74,0.52 -0.62,0.7 -0.4,0.68 -0.24,0.56 0.02,0.44 0.4,0.34 0.72,0.26 0.8,0.14"),
        closed=False,
    )
    pen.fill(Fade((lighten(colour, 0.18), colour, darken(colour, 0.28))), upper)
    pen.fill(
        lighten(colour, 0.35),
        smooth(points("-0.72,0.14 -0.72,0.36 -0.56,0.3 -0.5,0.14"), steps=6),
        within=upper,
    )
    swoosh = smooth(points("-0.4,0.26 -0.1,0.2 0.3,0.36"), closed=False)
    pen.fill(WHITE, ribbon(swoosh, (0.02, 0.13, 0.0)))
    pen.fill(
        WHITE,
        *(
            ribbon([(x, y), (x + 0.12, y - 0.11)], (0.028,))
            for x, y in ((-0.22, 0.60), (-0.10, 0.545), (0.02, 0.495), (0.14, 0.45))
        ),
    )
    pen.fill(Fade((WHITE, (206, 206, 212))), box(-0.78, 0.02, 0.84, 0.17, 0.07))


def clock(pen: Pen, colour: Colour) -> None:
    """A watch face without its strap."""
    pen.shadow(0.45)
    pen.fill(Fade((lighten(colour, 0.4), colour, darken(colour, 0.3)), across=True), circle(0.0, 0.5, 0.5, 96))
    pen.fill(Globe((252, 250, 244), (214, 212, 206)), circle(0.0, 0.5, 0.42, 96))
    marks = [star(0, 0.5, 0.38, 12, 1.0)[2 * step] for step in range(12)]
    pen.fill((60, 58, 62), *(circle(x, y, 0.018) for x, y in marks))
    pen.fill(
        (44, 44, 50), ribbon([(0, 0.5), (-0.14, 0.68)], (0.035, 0.02)), ribbon([(0, 0.5), (0.24, 0.62)], (0.028, 0.014))
    )
    pen.fill((206, 60, 54), ribbon([(-0.03, 0.56), (0.10, 0.20)], (0.01,)), circle(0, 0.5, 0.025))


def chair(pen: Pen, colour: Colour) -> None:
    """An armchair."""
    pen.shadow(0.6, 0.4)
    pen.fill((92, 64, 46), *(box(x - 0.03, 0.0, x + 0.03, 0.16) for x in (-0.36, 0.36)))
    pen.fill(Fade((lighten(colour, 0.12), darken(colour, 0.2))), box(-0.42, 0.20, 0.42, 1.0, 0.16))
    pen.fill(Fade((lighten(colour, 0.25), colour)), box(-0.34, 0.32, 0.34, 0.52, 0.08))
    pen.fill(
        Fade((lighten(colour, 0.18), darken(colour, 0.3))),
        box(-0.54, 0.12, -0.32, 0.62, 0.1),
        box(0.32, 0.12, 0.54, 0.62, 0.1),
        box(-0.42, 0.12, 0.42, 0.36, 0.05),
    )


def lamp(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.25)
    pen.glow((255, 226, 160), 0.0, 0.70, 0.9, 0.55)
    pen.fill((120, 92, 62), box(-0.018, 0.04, 0.018, 0.62), oval(0.0, 0.03, 0.16, 0.03))
    pen.shine(
        Fade((lighten(colour, 0.2), mix(colour, (255, 236, 180), 0.7))),
        points("-0.15,1 0.15,1 0.28,0.58 -0.28,0.58"),
    )
