"""Trees, flowers, cactus, mushrooms."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Outline, Point, box, circle, oval, points, ribbon, smooth, spun
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen
from gateway.imaging.drawing.woods import pine

_BARK: Colour = (110, 80, 58)
_STALK: Colour = (86, 140, 72)


def tree(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.42)
    pen.fill(
        Fade((darken(_BARK, 0.1), _BARK, darken(_BARK, 0.35)), across=True),
        ribbon(points("0,0 0.01,0.2 0,0.5"), (0.13, 0.08, 0.06)),
    )
    for lean in (-0.2, 0.22):
        pen.fill(darken(_BARK, 0.2), ribbon([(0.0, 0.30), (lean * 0.5, 0.44), (lean, 0.56)], (0.045, 0.02)))
    crown = [(0.0, 0.78, 0.24), (-0.24, 0.62, 0.20), (0.25, 0.63, 0.20), (-0.10, 0.54, 0.19), (0.12, 0.54, 0.19)]
    pen.fill(Fade((colour, darken(colour, 0.35))), *(circle(x, y, r) for x, y, r in crown))
    for x, y, r in crown[:3]:
        pen.fill(
            Globe(lighten(colour, 0.32), colour, 0.4, 0.35, 0.6),
            circle(x - 0.03, y + 0.05, r * 0.78),
            opacity=0.75,
            soft=0.02,
        )


def fir(pen: Pen, colour: Colour) -> None:
    """A single pine, its left side in the light."""
    outline = [(x, -y) for x, y in pine(0.0, 0.0, 1.0, 7)]
    pen.shadow(0.3)
    pen.fill(Fade((lighten(colour, 0.15), colour, darken(colour, 0.4)), across=True), outline)
    pen.fill(_BARK, box(-0.025, 0.0, 0.025, 0.1))


def christmas_tree(pen: Pen, colour: Colour) -> None:
    fir(pen, colour)
    for step in range(16):
        y = 0.14 + 0.72 * (step % 8) / 8
        half = 0.24 * (1 - y)
        x = pen.chance.between(-half, half)
        paint = pen.chance.pick(((236, 60, 66), (252, 206, 84), (84, 160, 240), (240, 240, 240)))
        pen.glow(paint, x, y, 0.05, 0.5)
        pen.shine(paint, circle(x, y, 0.018, 14))
    pen.glow((255, 226, 120), 0, 1.0, 0.2)
    pen.shine((255, 226, 120), circle(0, 1.0, 0.03))


def palm(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.25)
    trunk = smooth(points("-0.1,0 -0.05,0.3 0.05,0.6 0.1,0.84"), closed=False)
    pen.fill(Fade(((150, 112, 76), (106, 76, 52)), across=True), ribbon(trunk, (0.075, 0.05, 0.04)))
    fronds: list[Outline] = []
    for turn, length in (
        (-28, 0.40),
        (8, 0.44),
        (42, 0.38),
        (80, 0.26),
        (120, 0.34),
        (160, 0.44),
        (196, 0.42),
        (222, 0.34),
    ):
        reach = [spun((0.10 + length * share, 0.84), (0.10, 0.84), turn) for share in (0.0, 0.4, 0.75, 1.0)]
        bent = [(x, y - 0.30 * length * share * share) for (x, y), share in zip(reach, (0, 0.5, 1.0, 1.5), strict=True)]
        fronds.append(ribbon(smooth(bent, closed=False), (0.02, 0.09, 0.07, 0.0)))
    pen.fill(darken(colour, 0.25), *fronds[::2])
    pen.fill(Fade((lighten(colour, 0.15), darken(colour, 0.12))), *fronds[1::2])
    pen.fill((96, 62, 40), circle(0.08, 0.81, 0.03), circle(0.13, 0.80, 0.03))


def flower(pen: Pen, colour: Colour) -> None:
    stem = smooth(points("0,0 0.03,0.3 0,0.72"), closed=False)
    pen.fill(_STALK, ribbon(stem, (0.035, 0.028)))
    pen.fill(
        Fade((lighten(_STALK, 0.2), darken(_STALK, 0.1))), _blade(0.02, 0.22, 0.26, 35), _blade(0.02, 0.14, 0.26, 145)
    )
    petals = [oval(*spun((0.0, 0.91), (0.0, 0.75), turn), 0.085, 0.14, turn) for turn in range(0, 360, 45)]
    pen.fill(darken(colour, 0.12), *petals[::2])
    pen.fill(Fade((lighten(colour, 0.3), colour)), *petals[1::2])
    pen.fill(Globe((255, 224, 110), (206, 136, 40)), circle(0.0, 0.75, 0.085))


def tulip(pen: Pen, colour: Colour) -> None:
    pen.fill(_STALK, ribbon(points("0,0 0.02,0.35 0,0.72"), (0.04, 0.03)))
    pen.fill(
        Fade((lighten(_STALK, 0.2), darken(_STALK, 0.2))), _blade(0.0, 0.02, 0.5, 62), _blade(0.0, 0.02, 0.46, 118)
    )
    for petal, paint in (
        (
            points("-0.16,0.8 -0.12,1 0,0.86 0.12,1 0.16,0.8 0.08,0.66 -0.08,0.66"),
            darken(colour, 0.15),
        ),
        (points("0,1 0.1,0.82 0.05,0.65 -0.05,0.65 -0.1,0.82"), lighten(colour, 0.15)),
    ):
        pen.fill(Fade((lighten(paint, 0.15), paint)), smooth(petal, steps=6))


def sunflower(pen: Pen, colour: Colour) -> None:
    pen.fill(_STALK, ribbon(points("0,0 0.02,0.35 0,0.72"), (0.05, 0.04)))
    pen.fill(darken(_STALK, 0.1), _blade(0.01, 0.25, 0.3, 25), _blade(0.01, 0.35, 0.3, 155))
    petals = [_blade(*spun((0.12, 0.74), (0.0, 0.74), turn), 0.17, turn) for turn in range(0, 360, 18)]
    pen.fill(darken(colour, 0.14), *petals[::2])
    pen.fill(lighten(colour, 0.08), *petals[1::2])
    pen.fill(Globe((122, 76, 38), (62, 36, 22)), circle(0.0, 0.74, 0.135))


def bouquet(pen: Pen, colour: Colour) -> None:
    """Flowers in a vase."""
    pen.shadow(0.3)
    for x, turn, size in ((-0.12, 24, 0.58), (0.12, -24, 0.58), (0.0, 2, 0.66), (-0.06, 44, 0.46), (0.06, -44, 0.46)):
        flower(pen.part(x * 0.4, 0.34, size, turn), mix(colour, WHITE, 0.35 if turn in {44, -44} else 0.0))
    vase(pen, (214, 222, 226))


def vase(pen: Pen, colour: Colour) -> None:
    body = smooth(
        points("-0.1,0.46 -0.07,0.38 -0.19,0.2 -0.11,0.01 0.11,0.01 0.19,0.2 0.07,0.38 0.1,0.46"),
        closed=False,
    )
    pen.fill(Fade((lighten(colour, 0.3), colour, darken(colour, 0.35)), across=True), body)
    pen.fill(WHITE, oval(-0.09, 0.22, 0.018, 0.07, 8), opacity=0.6, soft=0.006)


def potted(pen: Pen, colour: Colour) -> None:
    """A house plant."""
    pen.shadow(0.28)
    for turn, length in ((30, 0.44), (60, 0.58), (90, 0.66), (120, 0.58), (150, 0.44), (75, 0.42), (105, 0.44)):
        blade = _blade(0.0, 0.32, length, turn)
        pen.fill(Fade((lighten(colour, 0.22), darken(colour, 0.2))), blade)
    pen.fill(Fade(((216, 124, 86), (158, 80, 54)), across=True), points("-0.2,0.34 0.2,0.34 0.14,0 -0.14,0"))
    pen.fill((226, 138, 98), box(-0.22, 0.30, 0.22, 0.38, 0.015))


def cactus(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.25)
    arms = (
        points("-0.02,0.34 -0.24,0.36 -0.27,0.5 -0.27,0.66"),
        points("0.02,0.46 0.22,0.48 0.25,0.6 0.25,0.78"),
    )
    for arm in arms:
        line = smooth(arm, closed=False)
        pen.fill(darken(colour, 0.12), ribbon(line, (0.13,)), circle(*arm[-1], 0.065))
    trunk = box(-0.11, 0.0, 0.11, 1.0, 0.109)
    pen.fill(Fade((lighten(colour, 0.18), colour, darken(colour, 0.35)), across=True), trunk)
    ribs = [ribbon([(x, 0.05), (x, 0.93)], (0.012,)) for x in (-0.05, 0.0, 0.05)]
    pen.fill(darken(colour, 0.3), *ribs, opacity=0.6)
    pen.fill((240, 110, 150), circle(0.0, 1.0, 0.045), circle(0.25, 0.85, 0.035))


def mushroom(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.35)
    pen.fill(
        Fade(((252, 244, 228), (212, 192, 164)), across=True),
        smooth(points("-0.12,0.5 -0.11,0.25 -0.17,0 0.17,0 0.11,0.25 0.12,0.5"), closed=False),
    )
    cap = smooth(points("-0.5,0.46 -0.42,0.72 -0.2,0.94 0,1 0.2,0.94 0.42,0.72 0.5,0.46 0,0.38"))
    pen.fill(Globe(lighten(colour, 0.25), darken(colour, 0.4), 0.38, 0.3, 0.85), cap)
    dots = (
        (-0.24, 0.66, 0.07),
        (0.04, 0.80, 0.08),
        (0.28, 0.60, 0.06),
        (-0.03, 0.54, 0.05),
        (-0.36, 0.50, 0.04),
        (0.18, 0.88, 0.04),
    )
    pen.fill((255, 250, 238), *(oval(x, y, r, r * 0.85) for x, y, r in dots), within=cap)


def _blade(x: float, y: float, length: float, turn: float) -> list[Point]:
    """A pointed leaf that grows from a point in a direction in degrees."""
    half = length * 0.16
    points = [
        (x, y),
        (x + length * 0.35, y + half),
        (x + length * 0.7, y + half * 0.8),
        (x + length, y),
        (x + length * 0.7, y - half * 0.8),
        (x + length * 0.35, y - half),
    ]
    return [spun(point, (x, y), turn) for point in smooth(points, steps=5)]
