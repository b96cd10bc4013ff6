"""Ranges with snow on their peaks, and the one with fire in it."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.land import rolling
from gateway.imaging.drawing.outlines import Point, circle, jagged, ribbon, ridge
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.woods import row_of_pines

_ROCK: Colour = (104, 112, 134)
_SNOW: Colour = (240, 246, 252)


def mountains(view: View, colour: Colour | None) -> None:
    """A range of lit peaks with snow, and in front of it ridges that darken towards the viewer."""
    chance = view.chance.fork("mountains")
    rock = colour or _ROCK
    low = view.horizon + view.unit * 0.02
    _skyline(view, chance, rock, low, view.unit * 0.17, 0.78)
    _peaks(view, chance, rock, low)
    view.canvas.glow(view.light.haze, (view.width / 2, low), view.width * 0.8, view.unit * 0.11, 0.75)
    if not view.front:
        return
    steps = 4
    for step in range(steps):
        near = (step + 1) / steps
        base = view.horizon + (view.height - view.horizon) * (0.10 + 0.62 * near)
        paint = mix(view.light.far(rock, 0.55), view.light.deep, near**0.8)
        _skyline(view, chance, paint, base, view.unit * (0.10 + 0.06 * near), None)
        if step >= steps - 2:
            _treeline(view, chance, darken(paint, 0.18), base - view.unit * 0.02 * near, near)


def volcano(view: View, colour: Colour | None) -> None:
    """A cone with fire in its mouth and smoke above."""
    chance = view.chance.fork("volcano")
    rock = mix(view.light.far(colour or (92, 78, 84), 0.3), view.light.deep, 0.25)
    x, top, low = (
        view.width * chance.between(0.4, 0.6),
        view.horizon - view.unit * 0.36,
        view.horizon + view.unit * 0.02,
    )
    fire: Colour = (255, 120, 50)
    for step in range(7):
        drift = view.unit * (0.012 * step * step + chance.between(-0.03, 0.03))
        puff = circle(x + drift, top - view.unit * 0.06 * step, view.unit * (0.05 + 0.012 * step))
        smoke = mix(mix((86, 78, 86), view.light.haze, 0.10 * step), fire, 0.45 / (1 + step))
        view.canvas.fill(Fade((lighten(smoke, 0.2), darken(smoke, 0.2))), puff, opacity=0.85, soft=view.unit * 0.008)
    view.canvas.glow(fire, (x, top), view.unit * 0.3, view.unit * 0.3, 0.7)
    left = jagged(chance, (x - view.unit * 0.52, low), (x - view.unit * 0.07, top), 0.05)
    right = jagged(chance, (x + view.unit * 0.08, top), (x + view.unit * 0.54, low), 0.05)
    cone = [*left, (x, top + view.unit * 0.02), *right]
    view.canvas.fill(Fade((rock, mix(rock, view.light.haze, 0.6))), cone)
    for lean in (-0.05, 0.02, 0.10):
        stream = jagged(chance, (x + view.unit * lean * 0.4, top), (x + view.unit * lean * 3, low), 0.06)
        view.canvas.fill(
            fire, ribbon(stream, (view.unit * 0.024, view.unit * 0.006)), opacity=0.5, soft=view.unit * 0.01
        )
        view.canvas.fill(lighten(fire, 0.35), ribbon(stream, (view.unit * 0.012, view.unit * 0.002)), within=cone)
    if view.front:
        ground = (84, 92, 84)
        rolling(view, chance, (ground, darken(ground, 0.3)), 3)


def _skyline(view: View, chance: Chance, paint: Colour, base: float, rise: float, distance: float | None) -> None:
    """Rock or earth from a rough line downwards; with `distance` it is a colour in haze."""
    heights = ridge(chance, 7, 0.52)
    last = len(heights) - 1
    line = [(view.width * step / last, base - rise * height) for step, height in enumerate(heights)]
    top = paint if distance is None else view.light.far(paint, distance)
    bottom = mix(top, view.light.haze, 0.35 if distance is None else 0.7)
    view.canvas.fill(Fade((top, bottom)), [*line, (view.width, base + view.unit * 0.2), (0, base + view.unit * 0.2)])
    view.canvas.wash(bottom, base + view.unit * 0.2)


def _peaks(view: View, chance: Chance, rock: Colour, low: float) -> None:
    count = chance.whole(4, 6)
    summits = []
    for step in range(count):
        x = view.width * ((step + 0.5) / count + chance.between(-0.07, 0.07))
        summits.append((x, chance.between(0.20, 0.42) * min(view.horizon, view.unit * 1.15)))
    for x, rise in sorted(summits, key=lambda summit: -summit[1]):
        _peak(view, chance, rock, (x, low, rise))


def _peak(view: View, chance: Chance, rock: Colour, place: tuple[float, float, float]) -> None:
    """A shaded body, a side turned to the sun, and snow on top of both."""
    x, low, rise = place
    half = rise * chance.between(0.95, 1.35)
    top = (x, low - rise)
    left = jagged(chance, (x - half, low), top, 0.05)
    right = jagged(chance, top, (x + half, low), 0.05)
    spine = jagged(chance, top, (x + half * chance.between(-0.25, 0.25), low), 0.10)
    body = left + right[1:]
    lit_left = view.sun[0] < x
    lit = left + spine[1:] if lit_left else right + spine[:0:-1]
    distance = 0.45
    shade = view.light.far(darken(rock, 0.25), distance)
    glow = mix(view.light.far(lighten(rock, 0.18), distance), view.light.disc, 0.22)
    view.canvas.fill(Fade((shade, mix(shade, view.light.haze, 0.75))), body)
    view.canvas.fill(Fade((glow, mix(glow, view.light.haze, 0.75))), lit)
    cap = _snow_cap(chance, top, half, rise)
    cold = mix(view.light.on(_SNOW), view.light.haze, 0.22)
    view.canvas.fill(mix(cold, shade, 0.38), cap, within=body)
    view.canvas.fill(mix(cold, WHITE, 0.35), cap, within=lit)


def _snow_cap(chance: Chance, top: Point, half: float, rise: float) -> list[Point]:
    line = chance.between(0.26, 0.40)
    zigzag = []
    for step in range(11):
        share = -1 + step / 5
        depth = line * (1.0 if step % 2 else 0.62) * chance.between(0.8, 1.2)
        zigzag.append((top[0] + share * half * line * 1.15, top[1] + rise * depth))
    return [(top[0] - half * 0.1, top[1] - rise * 0.05), (top[0] + half * 0.1, top[1] - rise * 0.05), *zigzag[::-1]]


def _treeline(view: View, chance: Chance, paint: Colour, base: float, near: float) -> None:
    row_of_pines(view, chance, paint, base + view.unit * 0.06, view.unit * (0.03 + 0.07 * near))
