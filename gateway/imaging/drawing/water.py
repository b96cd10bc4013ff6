"""Sea, lake, river and beach."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.land import shore, winding
from gateway.imaging.drawing.outlines import Outline, lens, smooth
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, lighten, mix
from gateway.imaging.drawing.pen import View

WATER: Colour = (38, 112, 152)
_SAND: Colour = (236, 208, 160)
_BANK: Colour = (96, 124, 84)


def sea(view: View, colour: Colour | None) -> None:
    _surface(view, colour, view.height, 0.30)
    _waves(view, view.chance.fork("sea"), view.height)
    _glitter(view, view.height)


def lake(view: View, colour: Colour | None) -> None:
    """Still water that mirrors what stands behind it, and the near bank."""
    bank = view.horizon + (view.height - view.horizon) * (0.78 if view.front else 1.0)
    _surface(view, colour, bank, 0.72)
    _ripples(view, view.chance.fork("lake"), bank)
    _glitter(view, bank)
    if view.front:
        shore(view, mix(view.light.on(mix(_BANK, view.leaf, 0.4)), view.light.deep, 0.35), bank)


def river(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("river")
    bed = winding(view, chance, view.width * 0.34)
    water = view.light.on(colour or WATER)
    sky = view.light.sky
    edge = [(x, y - view.unit * 0.004) for x, y in bed]
    view.canvas.fill(mix(view.light.deep, view.light.haze, 0.2), edge, opacity=0.6)
    view.canvas.fill(Fade((mix(sky[-1], WHITE, 0.1), mix(sky[-1], water, 0.45), mix(water, sky[0], 0.35))), bed)
    for _ in range(22):
        near = chance.fraction()
        y = view.horizon + (view.height - view.horizon) * (0.1 + 0.9 * near)
        streak = lens(view.width * chance.between(0.2, 0.8), y, view.unit * 0.07 * (0.2 + near), view.unit * 0.003)
        view.canvas.fill(lighten(sky[-1], 0.5), streak, opacity=0.55, within=bed)


def beach(view: View, colour: Colour | None) -> None:
    """The sea, the last wave and the sand."""
    depth = view.height - view.horizon
    line = view.horizon + depth * 0.56
    _surface(view, None, line + depth * 0.12, 0.25)
    _waves(view, view.chance.fork("beach"), line)
    _glitter(view, line)
    chance = view.chance.fork("foam")
    knots = [(view.width * share / 4, line + depth * chance.between(-0.05, 0.07)) for share in range(-1, 6)]
    edge = smooth(knots, closed=False)
    sand = view.light.on(colour or _SAND)
    below = [(view.width * 1.3, view.height + 2.0), (-view.width * 0.3, view.height + 2.0)]
    for drop, paint, opacity in (
        (-0.030, WHITE, 0.35),
        (0.0, mix(view.light.on(WHITE), view.light.haze, 0.2), 0.95),
        (0.022, mix(sand, view.light.deep, 0.30), 1.0),
    ):
        view.canvas.fill(paint, [(x, y + drop * depth) for x, y in edge] + below, opacity=opacity)
    dry = [(x, y + 0.13 * depth) for x, y in edge]
    view.canvas.fill(Fade((sand, mix(sand, view.light.haze, 0.2), mix(sand, view.light.deep, 0.22))), dry + below)


def _surface(view: View, colour: Colour | None, bottom: float, clearness: float) -> None:
    light = view.light
    water = light.on(colour or WATER)
    far = mix(mix(water, light.haze, 0.45), light.sky[-1], 0.3)
    near = mix(water, mix(light.deep, light.sky[0], 0.4), 0.5)
    view.canvas.wash(Fade((far, mix(water, light.sky[len(light.sky) // 2], 0.35), near)), view.horizon, bottom)
    view.canvas.reflect(view.horizon, bottom, (bottom - view.horizon) * 1.15, clearness)


def _waves(view: View, chance: Chance, bottom: float) -> None:
    depth = bottom - view.horizon
    for lighter in (True, False):
        crests: list[Outline] = []
        for step in range(46):
            near = (step / 46) ** 1.6
            y = view.horizon + depth * (0.03 + 0.97 * near)
            half = view.unit * (0.02 + 0.13 * near) * chance.between(0.6, 1.4)
            crests.append(lens(chance.between(0, view.width), y, half, view.unit * (0.0012 + 0.0065 * near)))
        paint = lighten(view.light.sky[-1], 0.25) if lighter else mix(view.light.sky[0], view.light.deep, 0.5)
        view.canvas.fill(paint, *crests, opacity=0.30 if lighter else 0.26)


def _ripples(view: View, chance: Chance, bottom: float) -> None:
    depth = bottom - view.horizon
    lines: list[Outline] = []
    for _ in range(30):
        near = chance.fraction()
        half = view.unit * (0.03 + 0.16 * near)
        y = view.horizon + depth * (0.02 + 0.96 * near)
        lines.append(lens(chance.between(0, view.width), y, half, view.unit * (0.0008 + 0.0022 * near)))
    view.canvas.fill(lighten(view.light.sky[-1], 0.4), *lines, opacity=0.42)


def _glitter(view: View, bottom: float) -> None:
    """The path of light below a sun or moon that can be seen."""
    if not view.light.clear:
        return
    chance = view.chance.fork("glitter")
    depth = bottom - view.horizon
    glints: list[Outline] = []
    for step in range(64):
        near = (step / 64) ** 1.35
        spread = view.unit * (0.035 + 0.11 * near)
        x = view.sun[0] + spread * chance.between(-1, 1) * chance.fraction()
        half = view.unit * (0.008 + 0.034 * near) * chance.between(0.5, 1.3)
        glints.append(lens(x, view.horizon + depth * (0.01 + 0.95 * near), half, view.unit * (0.001 + 0.0042 * near)))
    shine = lighten(view.light.disc, 0.25)
    centre = (view.sun[0], view.horizon + depth * 0.30)
    view.canvas.glow(shine, (view.sun[0], view.horizon), view.unit * 0.34, depth * 0.12, 0.5)
    view.canvas.glow(shine, centre, view.unit * 0.14, depth * 0.62, 0.30)
    view.canvas.fill(shine, *glints, opacity=0.85)
