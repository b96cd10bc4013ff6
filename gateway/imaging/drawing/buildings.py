"""Houses, castle, lighthouse, windmill, tower, bridge, pyramids, tent."""

from __future__ import annotations

from gateway.imaging.drawing.outlines import Outline, Point, arc, box, circle, points, ribbon, smooth, spun
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import Pen

_ROOF: Colour = (164, 76, 60)
_LAMPLIGHT: Colour = (255, 216, 130)


def house(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.75, 0.35)
    pen.fill((140, 86, 70), box(0.24, 0.66, 0.36, 1.0))
    _smoke(pen, 0.30, 1.02)
    pen.fill(Fade((colour, darken(colour, 0.10))), box(-0.52, 0.0, 0.52, 0.56))
    pen.fill(darken(colour, 0.16), box(0.12, 0.0, 0.52, 0.56), opacity=0.55)
    roof = points("-0.62,0.52 0.62,0.52 0.4,0.92 -0.4,0.92")
    pen.fill(Fade((lighten(_ROOF, 0.12), darken(_ROOF, 0.16))), roof)
    tiles = [ribbon([(-0.7, y), (0.7, y)], (0.008,)) for y in (0.60, 0.68, 0.76, 0.84)]
    pen.fill(darken(_ROOF, 0.35), *tiles, within=roof, opacity=0.5)
    pen.fill((118, 74, 50), box(-0.10, 0.0, 0.10, 0.36, 0.01))
    pen.fill((236, 198, 110), circle(0.06, 0.18, 0.015))
    for x in (-0.34, 0.32):
        _window(pen, x, 0.30, 0.11)


def castle(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.8, 0.35)
    for x, top, half in (
        (-0.5, 0.62, 0.12),
        (0.5, 0.62, 0.12),
        (-0.22, 0.78, 0.11),
        (0.24, 0.74, 0.11),
        (0.0, 0.88, 0.13),
    ):
        _turret(pen, colour, x, top, half)
    wall = box(-0.62, 0.0, 0.62, 0.36)
    pen.fill(
        Fade((lighten(colour, 0.1), darken(colour, 0.14))),
        wall,
        *(box(x, 0.34, x + 0.07, 0.42) for x in _steps(-0.62, 9, 0.146)),
    )
    gate = [(-0.11, 0.0), *arc(0.0, 0.16, 0.11, 180, 0), (0.11, 0.0)]
    pen.fill((86, 62, 48), gate)
    for x in (-0.4, -0.27, 0.27, 0.4):
        _window(pen, x, 0.20, 0.035)


def lighthouse(pen: Pen, colour: Colour) -> None:
    pen.fill(
        Fade(((120, 112, 108), (72, 68, 70))),
        smooth(points("-0.44,-0.02 -0.3,0.09 -0.1,0.12 0.16,0.1 0.36,0.06 0.46,-0.03"), steps=5),
    )
    tower = points("-0.15,0.06 0.15,0.06 0.095,0.74 -0.095,0.74")
    pen.fill(Fade((WHITE, (240, 238, 234), (178, 180, 192)), across=True), tower)
    for low in (0.16, 0.40, 0.64):
        pen.fill(
            Fade((lighten(colour, 0.15), colour, darken(colour, 0.3)), across=True),
            box(-0.2, low, 0.2, low + 0.12),
            within=tower,
        )
    pen.fill((52, 54, 64), box(-0.14, 0.735, 0.14, 0.765), box(-0.085, 0.76, -0.07, 0.88), box(0.07, 0.76, 0.085, 0.88))
    if pen.light.dark or pen.light.low:
        for far in (-1.7, 1.7):
            pen.shine((255, 240, 190), [(0, 0.83), (far, 1.02), (far, 0.74)], opacity=0.28, soft=0.02)
        pen.glow((255, 240, 190), 0, 0.82, 0.32, 0.8)
    pen.shine((255, 238, 178), box(-0.07, 0.765, 0.07, 0.88))
    pen.fill(darken(colour, 0.15), points("-0.11,0.88 0.11,0.88 0,1"))


def windmill(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.4)
    pen.fill(
        Fade((lighten(colour, 0.2), colour, darken(colour, 0.3)), across=True),
        points("-0.22,0 0.22,0 0.14,0.62 -0.14,0.62"),
    )
    pen.fill(
        Fade((_ROOF, darken(_ROOF, 0.3)), across=True),
        smooth(points("-0.17,0.6 -0.1,0.74 0,0.79 0.1,0.74 0.17,0.6"), closed=False),
    )
    pen.fill((96, 66, 46), box(-0.06, 0.0, 0.06, 0.18, 0.01))
    _window(pen, 0.0, 0.38, 0.05)
    sail = (
        points("0,0.65 0.022,0.65 0.022,1.12 0,1.12"),
        points("0.022,0.74 0.12,0.76 0.12,1.1 0.022,1.12"),
    )
    for turn in (20, 110, 200, 290):
        arms = [[spun(point, (0.0, 0.65), turn) for point in part] for part in sail]
        pen.fill((104, 78, 56), arms[0])
        pen.fill((246, 236, 214), arms[1], opacity=0.9)
    pen.fill((84, 60, 44), circle(0.0, 0.65, 0.035))


def tower(pen: Pen, colour: Colour) -> None:
    """An iron lattice on four curved legs."""
    left = smooth(points("-0.3,0 -0.17,0.26 -0.08,0.55 -0.025,0.92 -0.012,1"), closed=False)
    right = [(-x, y) for x, y in reversed(left)]
    inner = smooth(points("0.19,0 0.13,0.14 0,0.21 -0.13,0.14 -0.19,0"), closed=False)
    body = [*left, *right, *inner]
    pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.3)), across=True), body)
    struts: list[Outline] = []
    for step in range(15):
        y, half = 0.05 + step * 0.055, 0.28 * (1 - step / 17) ** 1.6
        struts.append(ribbon([(-half, y), (half, y + 0.055)], (0.007,)))
        struts.append(ribbon([(half, y), (-half, y + 0.055)], (0.007,)))
    pen.fill(lighten(colour, 0.35), *struts, within=body, opacity=0.7)
    pen.fill(darken(colour, 0.2), box(-0.20, 0.23, 0.20, 0.26), box(-0.11, 0.48, 0.11, 0.505))


def bridge(pen: Pen, colour: Colour) -> None:
    """Two towers, hanging cables and a deck."""
    pen.fill(darken(colour, 0.15), *(box(x - 0.05, -0.12, x + 0.05, 1.0) for x in (-0.8, 0.8)))
    cables: list[Outline] = []
    for start, end in ((-2.4, -0.8), (-0.8, 0.8), (0.8, 2.4)):
        line = [_hung(start, end, step / 16) for step in range(17)]
        cables.append(ribbon(line, (0.022,)))
        cables += [ribbon([(x, 0.28), (x, max(0.28, y))], (0.008,)) for x, y in line]
    pen.fill(colour, *cables)
    pen.fill(Fade((lighten(colour, 0.1), darken(colour, 0.3))), box(-2.4, 0.22, 2.4, 0.30))


def pyramids(pen: Pen, colour: Colour) -> None:
    for x, rise in ((-0.95, 0.62), (0.85, 0.74), (0.0, 1.0)):
        top = (x, rise)
        pen.fill(Fade((lighten(colour, 0.12), colour)), [(x - rise * 0.85, 0), top, (x + rise * 0.25, 0)])
        pen.fill(Fade((darken(colour, 0.28), darken(colour, 0.14))), [(x + rise * 0.25, 0), top, (x + rise * 0.85, 0)])


def tent(pen: Pen, colour: Colour) -> None:
    pen.shadow(0.8, 0.35)
    pen.fill(Fade((lighten(colour, 0.15), darken(colour, 0.1))), points("-0.72,0 0,0.9 0.3,0"))
    pen.fill(Fade((darken(colour, 0.15), darken(colour, 0.40))), points("0.3,0 0,0.9 0.82,0"))
    inside = _LAMPLIGHT if pen.light.dark else (70, 56, 50)
    pen.shine(inside if pen.light.dark else pen.light.on(inside), points("-0.24,0 -0.01,0.68 0.16,0"))
    if pen.light.dark:
        pen.glow(_LAMPLIGHT, 0.0, 0.25, 0.8, 0.4)


def _window(pen: Pen, x: float, y: float, half: float) -> None:
    """Lit when it is dark or the sun is low."""
    lit = pen.light.dark or pen.light.low
    pen.fill((248, 240, 224), box(x - half * 1.16, y - half * 1.16, x + half * 1.16, y + half * 1.16))
    pane = box(x - half, y - half, x + half, y + half)
    if lit:
        pen.shine(Fade((lighten(_LAMPLIGHT, 0.3), _LAMPLIGHT)), pane)
        pen.glow(_LAMPLIGHT, x, y, half * 3.2, 0.35)
    else:
        pen.shine(Fade((mix(pen.light.sky[-1], WHITE, 0.2), pen.light.sky[0])), pane)
    bar = half * 0.09
    pen.fill((248, 240, 224), box(x - bar, y - half, x + bar, y + half), box(x - half, y - bar, x + half, y + bar))


def _smoke(pen: Pen, x: float, y: float) -> None:
    for step in range(5):
        puff = circle(x + 0.05 * step + 0.02 * step * step * 0.5, y + 0.06 + 0.10 * step, 0.04 + 0.018 * step)
        pen.fill(WHITE, puff, opacity=0.34 - 0.05 * step, soft=0.02)


def _turret(pen: Pen, colour: Colour, x: float, top: float, half: float) -> None:
    pen.fill(Fade((lighten(colour, 0.2), colour, darken(colour, 0.28)), across=True), box(x - half, 0.0, x + half, top))
    pen.fill(
        Fade((lighten(_ROOF, 0.1), darken(_ROOF, 0.3)), across=True),
        [(x - half * 1.25, top), (x + half * 1.25, top), (x, top + half * 2.4)],
    )
    pen.fill((220, 70, 70), [(x, top + half * 2.4), (x, top + half * 3.2), (x + half * 0.9, top + half * 2.85)])
    _window(pen, x, top - half * 0.9, half * 0.26)


def _steps(start: float, count: int, pitch: float) -> list[float]:
    return [start + pitch * step for step in range(count)]


def _hung(start: float, end: float, share: float) -> Point:
    """A point of a cable between two tower tops."""
    sag = 4 * share * (1 - share)
    return (start + (end - start) * share, 0.98 - 0.62 * sag)
