"""Open ground, far to near: hills, meadows, dunes, snow, and the ways through them."""

from __future__ import annotations

import math

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Outline, Point, circle, oval, ribbon, smooth
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import Colour, darken, lighten, mix, oklch
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.woods import PINE, pine

_SAND: Colour = (232, 186, 122)
_SNOW: Colour = (240, 246, 252)


def hills(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("hills")
    green = colour or view.leaf
    rolling(view, chance, (green, mix(green, (44, 84, 62), 0.45)), 5, wooded=darken(green, 0.3))


def field(view: View, colour: Colour | None) -> None:
    """A meadow with grass and small flowers."""
    chance = view.chance.fork("field")
    green = colour or mix(view.leaf, (186, 196, 84), 0.35)
    rolling(view, chance, (mix(green, (226, 214, 120), 0.25), darken(green, 0.2)), 3)
    _grass(view, chance, view.light.on(darken(green, 0.35)))
    _blossoms(view, chance)


def flowers(view: View, colour: Colour | None) -> None:
    """A meadow whose front is full of flowers."""
    chance = view.chance.fork("flowers")
    green = mix(view.leaf, (120, 168, 84), 0.4)
    rolling(view, chance, (green, darken(green, 0.25)), 3)
    hue = chance.pick((-30, 0, 300))
    paints = (
        (colour, lighten(colour, 0.3), darken(colour, 0.15))
        if colour
        else (oklch(0.72, 0.17, hue), oklch(0.82, 0.13, hue + 50), oklch(0.93, 0.05, hue + 100))
    )
    for row in range(7):
        near = row / 6
        y = view.horizon + (view.height - view.horizon) * (0.2 + 0.74 * near)
        _flower_row(view, chance, paints, y, view.unit * (0.006 + 0.022 * near))
    _grass(view, chance, view.light.on(darken(green, 0.35)))


def desert(view: View, colour: Colour | None) -> None:
    """Dunes with a lit and a shaded side."""
    chance = view.chance.fork("desert")
    sand = colour or _SAND
    for step in range(4):
        near = step / 3
        base = view.horizon + (view.height - view.horizon) * (0.02 + 0.62 * near)
        _dune(view, chance, (mix(view.light.far(sand, 0.45 * (1 - near)), view.light.deep, 0.12 * near), base, near))


def snowfield(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("snowfield")
    snow = colour or _SNOW
    rolling(view, chance, (snow, mix(snow, (150, 178, 214), 0.35)), 3)
    depth = view.height - view.horizon
    for near in sorted(chance.between(0.05, 0.6) for _ in range(14)):
        side = chance.pick((0.0, 0.72))
        tall = view.unit * (0.05 + 0.22 * near)
        tree = pine(view.width * (side + chance.between(0.0, 0.28)), view.horizon + depth * near, tall, 7)
        view.canvas.fill(mix(view.light.far(PINE, 0.5 - 0.4 * near), view.light.deep, 0.3), tree)


def path(view: View, colour: Colour | None) -> None:
    """A way that winds from the viewer to the horizon."""
    chance = view.chance.fork("path")
    paint = view.light.on(colour or (206, 176, 132))
    outline = winding(view, chance, view.width * 0.26)
    view.canvas.fill(Fade((mix(paint, view.light.haze, 0.5), paint)), outline)


def winding(view: View, chance: Chance, width: float) -> list[Point]:
    """A band that swings from the lower edge to the horizon and narrows as it goes away."""
    x, swing = view.width * chance.between(0.42, 0.58), view.width * chance.pick((-0.17, 0.17))
    left: list[Point] = []
    right: list[Point] = []
    for step in range(41):
        near = (step / 40) ** 1.5
        y = view.horizon + (view.height + 4 - view.horizon) * near
        # Equal swings look shorter the farther away they are, so the phase follows the logarithm of nearness.
        middle = x + swing * (0.08 + near) * math.sin(3.4 * math.log(near + 0.06))
        half = width * (0.01 + 0.5 * near**1.25)
        left.append((middle - half, y))
        right.append((middle + half, y))
    return left + right[::-1]


def shore(view: View, paint: Colour, top: float) -> None:
    """A bank before water, so that things have ground to stand on."""
    chance = view.chance.fork("shore")
    swell = view.unit * 0.05
    knots = [(view.width * share / 4, top + swell * chance.between(-0.5, 0.5)) for share in range(-1, 6)]
    line = smooth(knots, closed=False)
    edge = [(x, y - view.unit * 0.006) for x, y in line]
    view.canvas.fill(lighten(paint, 0.35), edge + _below(view))
    view.canvas.fill(Fade((paint, mix(paint, view.light.deep, 0.35))), line + _below(view))


def rolling(
    view: View, chance: Chance, paints: tuple[Colour, Colour], steps: int, wooded: Colour | None = None
) -> None:
    """Smooth ridges from the horizon to the lower edge, with groves in a colour where they are `wooded`."""
    far, near_paint = paints
    depth = view.height - view.horizon
    for step in range(steps):
        near = step / max(1, steps - 1)
        base = view.horizon + depth * (0.02 + 0.52 * near)
        swell = view.unit * (0.03 + 0.05 * near)
        knots = [(view.width * share / 3, base - swell * chance.between(-0.4, 1)) for share in range(-1, 5)]
        paint = view.light.far(mix(far, near_paint, near), 0.5 * (1 - near))
        lit = mix(lighten(paint, 0.16), view.light.disc, 0.0 if view.light.dark else 0.12)
        line = smooth(knots, closed=False)
        if wooded is not None and step:
            _groves(view, chance, view.light.far(wooded, 0.55 * (1 - near)), line, near)
        view.canvas.fill(Fade((lit, paint, mix(paint, view.light.deep, 0.10 + 0.2 * near))), line + _below(view))


def _groves(view: View, chance: Chance, paint: Colour, line: list[Point], near: float) -> None:
    """Round trees along a ridge, in small groups."""
    crowns: list[Outline] = []
    for _ in range(5):
        start = chance.whole(6, len(line) - 10)
        for x, y in line[start : start + chance.whole(2, 6)]:
            radius = view.unit * (0.008 + 0.022 * near) * chance.between(0.7, 1.3)
            crowns.append(oval(x, y - radius * 0.8, radius, radius * 1.25, corners=28))
    view.canvas.fill(Fade((lighten(paint, 0.12), darken(paint, 0.2))), *crowns)


def _grass(view: View, chance: Chance, paint: Colour) -> None:
    blades = []
    for _ in range(150):
        x = chance.between(-0.02, 1.02) * view.width
        length, lean = view.unit * chance.between(0.03, 0.10), view.unit * chance.between(-0.03, 0.03)
        line = [(x, view.height + 4), (x + lean * 0.3, view.height - length * 0.6), (x + lean, view.height - length)]
        blades.append(ribbon(line, (view.unit * 0.006, view.unit * 0.004, 0.0)))
    view.canvas.fill(paint, *blades)


def _blossoms(view: View, chance: Chance) -> None:
    depth = view.height - view.horizon
    for paint in ((250, 246, 236), (246, 206, 84), (232, 122, 132)):
        dots: list[Outline] = []
        for _ in range(34):
            near = chance.between(0.45, 1.0)
            x, y = chance.between(0, view.width), view.horizon + depth * near
            dots.append(circle(x, y, view.unit * 0.0042 * near * near, 10))
        view.canvas.fill(view.light.on(paint), *dots)


def _flower_row(view: View, chance: Chance, paints: tuple[Colour, ...], y: float, radius: float) -> None:
    count = max(8, int(view.width / (radius * 5)))
    for paint in paints:
        petals: list[Outline] = []
        hearts: list[Outline] = []
        for _ in range(count):
            x, top = chance.between(0, view.width), y + chance.between(-1.6, 1.6) * radius
            petals += [circle(x + radius * dx, top + radius * dy, radius * 0.56, 14) for dx, dy in _PETALS]
            hearts.append(circle(x, top, radius * 0.34, 12))
        view.canvas.fill(view.light.on(paint), *petals)
        view.canvas.fill(view.light.on((250, 214, 92)), *hearts)


_PETALS = ((0.0, -0.6), (0.57, -0.19), (0.35, 0.49), (-0.35, 0.49), (-0.57, -0.19))


def _dune(view: View, chance: Chance, look: tuple[Colour, float, float]) -> None:
    """One row of dunes: every crest throws its far side into shade."""
    paint, base, near = look
    swell = view.unit * (0.05 + 0.12 * near)
    shift, pitch = chance.between(-0.5, 0.5), view.width * (0.20 + 0.14 * near)
    knots = []
    for step in range(-3, 10):
        rise = swell * chance.between(0.7, 1.1) if step % 2 else swell * chance.between(0.0, 0.2)
        knots.append((pitch * (step + shift), base - rise))
    crest = smooth(knots, closed=False, steps=12)
    lit = mix(lighten(paint, 0.14), view.light.disc, 0.0 if view.light.dark else 0.2)
    view.canvas.fill(
        Fade((lit, paint, darken(paint, 0.12))),
        [*crest, (crest[-1][0], view.height + 2.0), (crest[0][0], view.height + 2.0)],
    )
    away = -1 if view.sun[0] > view.width / 2 else 1
    shade = mix(paint, view.light.deep, 0.34)
    for top in range(12, len(crest) - 12, 24):
        _dune_shade(view, crest[top::away][:13], swell, shade)


def _dune_shade(view: View, slope: list[Point], swell: float, shade: Colour) -> None:
    """The slope away from the sun, from a crest down to where the dune runs out: a sickle."""
    last = len(slope) - 1
    lower = [
        (x, y + swell * 2.1 * share * (1 - share) ** 0.8)
        for (x, y), share in ((point, step / last) for step, point in enumerate(slope))
    ]
    view.canvas.fill(Fade((shade, mix(shade, view.light.haze, 0.2))), [*slope, *lower[::-1]], opacity=0.9)


def _below(view: View) -> list[Point]:
    """Closes a line that runs from left to right with everything under it."""
    return [(view.width * 1.4, view.height + 2.0), (-view.width * 0.4, view.height + 2.0)]
