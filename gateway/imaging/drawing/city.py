"""A skyline with lit windows."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Outline, box, lens
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import Colour, lighten, mix, oklch
from gateway.imaging.drawing.pen import View

_CONCRETE: Colour = (112, 126, 148)
_LAMPLIGHT: Colour = (255, 214, 132)


def city(view: View, colour: Colour | None) -> None:
    """Towers in three rows; the nearest stands at the lower edge when nothing is before it."""
    chance = view.chance.fork("city")
    wall = colour or _CONCRETE
    rows = ((0.72, 0.30, 0.0), (0.46, 0.40, 0.02), (0.18, 0.34, 0.05))
    depth = view.height - view.horizon
    for step, (distance, rise, drop) in enumerate(rows):
        near = step / 2
        foot = view.horizon + depth * (0.5 * near * view.front + drop)
        paint = mix(view.light.far(wall, distance), view.light.deep, 0.45 * near)
        _row(view, chance, paint, (foot, rise * min(view.horizon, view.unit * 1.1) * (1 + 0.35 * near), near))
        view.canvas.glow(view.light.haze, (view.width / 2, foot), view.width * 0.7, view.unit * 0.07, 0.4 * (1 - near))
    if view.front:
        _quay(view, chance)


def _row(view: View, chance: Chance, paint: Colour, place: tuple[float, float, float]) -> None:
    foot, rise, near = place
    towers: list[Outline] = []
    panes: list[Outline] = []
    x = -view.unit * 0.05
    while x < view.width:
        width = view.unit * chance.between(0.06, 0.12) * (0.75 + 0.4 * near)
        # A skyline is low at its ends, so that it reads as a city and not as a fence.
        middle = 1 - abs(2 * (x + width / 2) / view.width - 1) ** 2
        tall = rise * (0.35 + 0.75 * middle) * chance.between(0.55, 1.2)
        towers += _tower(chance, (x, foot - tall, x + width, foot))
        panes += _panes(view, chance, (x, foot - tall, x + width, foot), near)
        x += width * chance.between(0.92, 1.25)
    bottom = view.height + 2.0
    view.canvas.fill(Fade((lighten(paint, 0.06), mix(paint, view.light.haze, 0.25))), *towers)
    view.canvas.fill(mix(paint, view.light.haze, 0.25), box(-2.0, foot - 1, view.width + 2.0, bottom))
    _light_up(view, chance, panes, paint)


def _tower(chance: Chance, frame: tuple[float, float, float, float]) -> list[Outline]:
    left, top, right, foot = frame
    width, middle = right - left, (left + right) / 2
    body: list[Outline] = [box(left, top, right, foot + 2)]
    kind = chance.whole(0, 4)
    if kind == 0:
        body.append([(left, top), (middle, top - width * 0.5), (right, top)])
    elif kind == 1:
        body.append(box(left + width * 0.2, top - width * 0.3, right - width * 0.2, top + 1))
        body.append(box(middle - width * 0.03, top - width * 0.9, middle + width * 0.03, top))
    elif kind == 2:  # noqa: PLR2004 - one of five roofs
        body.append([(left, top), (right, top - width * 0.45), (right, top)])
    return body


def _panes(view: View, chance: Chance, frame: tuple[float, float, float, float], near: float) -> list[Outline]:
    left, top, right, foot = frame
    pitch = view.unit * (0.013 + 0.008 * near)
    columns = int((right - left - pitch * 0.6) / pitch)
    rows = int((min(foot, view.height) - top - pitch) / (pitch * 1.25))
    margin = (right - left - columns * pitch) / 2
    share = 0.42 if view.light.dark else 0.62
    return [
        box(x, y, x + pitch * 0.5, y + pitch * 0.72)
        for row in range(rows)
        for column in range(columns)
        if chance.either(share)
        for x, y in [(left + margin + (column + 0.25) * pitch, top + pitch * (0.6 + 1.25 * row))]
    ]


def _light_up(view: View, chance: Chance, panes: list[Outline], wall: Colour) -> None:
    if not view.light.dark:
        view.canvas.fill(mix(wall, view.light.sky[-1], 0.45), *panes, opacity=0.55)
        return
    neon = oklch(0.78, 0.17, chance.pick((195, 330, 300)))
    view.canvas.fill(_LAMPLIGHT, *panes[::2], opacity=0.9)
    view.canvas.fill(mix(_LAMPLIGHT, view.light.disc, 0.5), *panes[1::4], opacity=0.75)
    view.canvas.fill(mix(neon, view.light.disc, 0.25), *panes[3::4], opacity=0.7)


def _quay(view: View, chance: Chance) -> None:
    """Wet stone in front of the towers, which mirrors their lights."""
    line = view.horizon + (view.height - view.horizon) * 0.56
    ground = mix(view.light.deep, view.light.haze, 0.16)
    view.canvas.wash(Fade((mix(ground, view.light.haze, 0.2), view.light.deep)), line)
    view.canvas.reflect(line, view.height, (view.height - line) * 1.6, 0.62 if view.light.dark else 0.4)
    streaks = [
        lens(chance.between(0, view.width), chance.between(line, view.height), view.unit * 0.08, view.unit * 0.0014)
        for _ in range(40)
    ]
    view.canvas.fill(lighten(view.light.haze, 0.3), *streaks, opacity=0.25)
