"""Compositions without a subject, for prompts that name nothing that can be drawn."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Outline, Point, arc, circle, oval, ribbon, smooth, spun
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import Colour, darken, lighten, mix, ramp

Palette = tuple[Colour, ...]
Composition = Callable[[Canvas, Palette, Chance], None]


def waves(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Layers of cut paper, each with its shadow on the one behind."""
    _mesh(canvas, palette[3:], chance)
    unit = min(canvas.width, canvas.height)
    disc = (canvas.width * chance.between(0.3, 0.7), canvas.height * chance.between(0.18, 0.32))
    canvas.glow(palette[5], disc, unit * 0.4, unit * 0.4, 0.7)
    canvas.fill(Fade((lighten(palette[5], 0.3), palette[4])), circle(*disc, unit * 0.13, 96))
    layers = 7
    paints = ramp(palette[4::-1], layers)
    for step in range(layers):
        share = step / (layers - 1)
        base = canvas.height * (0.30 + 0.62 * share)
        swell = canvas.height * 0.09
        knots = [(canvas.width * x / 4, base + swell * chance.between(-1, 1)) for x in range(-2, 7)]
        line = smooth(knots, closed=False)
        below = [(canvas.width * 1.6, canvas.height + 2.0), (-canvas.width * 0.6, canvas.height + 2.0)]
        paint = paints[step]
        shadow = [(x, y - unit * 0.012) for x, y in line]
        canvas.fill(palette[0], shadow + below, opacity=0.35, soft=unit * 0.012)
        canvas.fill(Fade((lighten(paint, 0.12), darken(paint, 0.12))), line + below)


def discs(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Translucent circles and half circles that overlap."""
    _mesh(canvas, palette[4:] + palette[5:], chance)
    unit = min(canvas.width, canvas.height)
    for step in range(11):
        x, y = canvas.width * chance.between(0.05, 0.95), canvas.height * chance.between(0.05, 0.95)
        radius = unit * chance.between(0.06, 0.32) * (1.15 - step / 14)
        paint = palette[chance.whole(0, 4)]
        fade = Fade((lighten(paint, 0.2), darken(paint, 0.1)), across=chance.either())
        turn = chance.pick((0, 90, 180, 270))
        shape: Outline = (
            circle(x, y, radius, 120) if chance.either(0.55) else arc(x, y, radius, turn, turn + 180, corners=64)
        )
        canvas.fill(fade, shape, opacity=chance.between(0.65, 0.95))
        if chance.either(0.4):
            ring = ribbon([*circle(x, y, radius * 1.22, 120), (x + radius * 1.22, y)], (unit * 0.004,))
            canvas.fill(palette[0], ring, opacity=0.8)
    for _ in range(24):
        dot = circle(canvas.width * chance.fraction(), canvas.height * chance.fraction(), unit * 0.005, 16)
        canvas.fill(palette[chance.whole(0, 2)], dot)


def flow(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Many fine lines that follow one smooth field."""
    _mesh(canvas, (palette[0], darken(palette[1], 0.45), palette[0], darken(palette[0], 0.3)), chance)
    unit = min(canvas.width, canvas.height)
    field = _Field(chance, unit)
    for paint in (*palette[1:], palette[3], palette[2]):
        threads = [
            _thread(field, canvas.width * chance.between(-0.1, 1.1), canvas.height * chance.between(-0.1, 1.1), unit)
            for _ in range(40)
        ]
        width = unit * chance.between(0.003, 0.008)
        canvas.fill(paint, *(ribbon(line, (0.0, width, width * 1.4, 0.0)) for line in threads), opacity=0.85)


def silk(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """A cloth of fine threads that swings across a deep ground."""
    _mesh(canvas, (palette[0], palette[0], palette[1], darken(palette[0], 0.4)), chance)
    unit = min(canvas.width, canvas.height)
    ends = [canvas.height * chance.between(0.1, 0.9) for _ in range(4)]
    folds, threads = 7, 5
    for fold in range(folds):
        lines = [_silk_thread(canvas, ends, (fold + thread / threads) / folds) for thread in range(threads)]
        share = fold / (folds - 1)
        paint = mix(mix(palette[2], palette[3], share), palette[5], 0.6 * math.sin(share * math.pi))
        canvas.fill(paint, [*lines[0], *lines[-1][::-1]], opacity=0.22)
        canvas.fill(
            lighten(paint, 0.35), *(ribbon(line, (unit * 0.0016, unit * 0.0034)) for line in lines), opacity=0.6
        )


def _silk_thread(canvas: Canvas, ends: list[float], share: float) -> list[Point]:
    """The thread at `share` of the cloth's width; it comes close to the others and leaves them again."""
    spread = min(canvas.width, canvas.height) * (share - 0.5)
    knots = [
        (canvas.width * (-0.1 + 0.4 * part), end + spread * (0.25 + 0.75 * abs(math.sin(part * 1.9 + share * 2.2))))
        for part, end in enumerate(ends)
    ]
    return smooth(knots, closed=False, steps=12)


def orbits(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Rings around a glowing globe, with small bodies on them."""
    _mesh(canvas, (palette[0], palette[1], darken(palette[0], 0.5), palette[0]), chance)
    unit = min(canvas.width, canvas.height)
    centre = (canvas.width * chance.between(0.4, 0.6), canvas.height * chance.between(0.4, 0.6))
    canvas.glow(palette[3], centre, unit * 0.62, unit * 0.62, 0.7)
    tilt, flat = chance.between(-35, 35), chance.between(0.35, 1.0)
    for step in range(9):
        radius = unit * (0.17 + 0.052 * step * (1 + 0.06 * step))
        line = oval(*centre, radius, radius * flat, tilt, corners=140)
        width = unit * chance.pick((0.0016, 0.003, 0.006))
        canvas.fill(mix(palette[4], palette[2], step / 9), ribbon([*line, line[0]], (width,)), opacity=0.75)
        for _ in range(chance.whole(0, 2)):
            x, y = line[chance.whole(0, 139)]
            size, paint = unit * chance.between(0.008, 0.030), palette[chance.whole(2, 5)]
            canvas.glow(paint, (x, y), size * 2.6, size * 2.6, 0.5)
            canvas.fill(Globe(lighten(paint, 0.45), darken(paint, 0.3)), circle(x, y, size))
    canvas.fill(Globe(palette[5], palette[2], 0.36, 0.32, 0.9), circle(*centre, unit * 0.125, 120))


def mandala(canvas: Canvas, palette: Palette, chance: Chance) -> None:
    """Rings of petals around the middle."""
    _mesh(canvas, (palette[0], darken(palette[1], 0.3), darken(palette[0], 0.35), palette[0]), chance)
    unit = min(canvas.width, canvas.height)
    x, y = canvas.width / 2, canvas.height / 2
    canvas.glow(palette[2], (x, y), unit * 0.7, unit * 0.7, 0.6)
    count = chance.pick((8, 10, 12, 16))
    for step in range(7):
        outer = unit * 0.48 * (1 - step / 8.2)
        inner = outer * 0.42
        paint = palette[1 + (step + chance.whole(0, 1)) % 5]
        plump = chance.between(0.9, 1.4) * math.pi * outer / count
        half = 180 / count if step % 2 else 0.0
        petals = [_petal(x, y, (inner, outer, plump), half + 360 * turn / count) for turn in range(count)]
        canvas.fill(Globe(lighten(paint, 0.15), darken(paint, 0.25), 0.5, 0.5, 0.55), *petals, opacity=0.92)
        beads = [
            circle(*spun((x + outer * 0.98, y), (x, y), 360 * (turn + 0.5) / count + half), unit * 0.008, 20)
            for turn in range(count)
        ]
        canvas.fill(palette[5], *beads)
    canvas.fill(Globe(palette[5], palette[3], 0.4, 0.4, 0.8), circle(x, y, unit * 0.055, 80))


COMPOSITIONS: tuple[Composition, ...] = (waves, flow, orbits, discs, silk, mandala)


class _Field:
    """A direction for every place, from a few slow waves."""

    def __init__(self, chance: Chance, unit: float) -> None:
        self._waves = [
            (chance.between(-3, 3) / unit, chance.between(-3, 3) / unit, chance.between(0, math.tau)) for _ in range(4)
        ]
        self._base = chance.between(0, math.tau)

    def angle(self, x: float, y: float) -> float:
        return self._base + 0.75 * sum(math.sin(a * x + b * y + shift) for a, b, shift in self._waves)


def _thread(field: _Field, x: float, y: float, unit: float) -> list[Point]:
    line = [(x, y)]
    for _ in range(22):
        angle = field.angle(x, y)
        x, y = x + math.cos(angle) * unit * 0.022, y + math.sin(angle) * unit * 0.022
        line.append((x, y))
    return line


def _petal(x: float, y: float, shape: tuple[float, float, float], turn: float) -> list[Point]:
    inner, outer, plump = shape
    middle = inner + (outer - inner) * 0.55
    points = [(x + inner, y), (x + middle, y + plump / 2), (x + outer, y), (x + middle, y - plump / 2)]
    return [spun(point, (x, y), turn) for point in smooth(points, steps=6)]


def _mesh(canvas: Canvas, colours: Palette, chance: Chance) -> None:
    """A soft ground of a few colours that run into each other."""
    spots = [chance.pick(colours) for _ in range(16)]
    ground = Image.frombytes("RGB", (4, 4), bytes(part for spot in spots for part in spot))
    canvas.image.paste(ground.resize(canvas.image.size, Image.Resampling.BICUBIC))
