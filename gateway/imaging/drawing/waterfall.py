"""Water that drops from a wooded cliff into a pool."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import circle, lens, oval, ribbon, smooth
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.water import WATER


def waterfall(view: View, colour: Colour | None) -> None:
    """Water that drops from a wooded cliff into a pool."""
    chance = view.chance.fork("waterfall")
    top, pool = view.horizon - view.unit * 0.26, view.horizon + (view.height - view.horizon) * 0.40
    rock = mix(view.light.on((112, 108, 104)), view.light.haze, 0.12)
    x, half = view.width * chance.between(0.42, 0.58), view.unit * 0.10
    edge = [(view.width * share / 6, top + view.unit * chance.between(-0.05, 0.04)) for share in range(-1, 8)]
    view.canvas.fill(
        Fade((rock, mix(rock, view.light.deep, 0.55))), [*edge, (view.width * 1.3, pool), (-view.width * 0.3, pool)]
    )
    _crags(view, chance, rock, (top, pool))
    leaf = view.light.on(mix(view.leaf, (40, 92, 60), 0.5))
    for near, share in ((0.35, 0.0), (0.0, -0.02)):
        bushes = [
            circle(bx, by - view.unit * share, view.unit * chance.between(0.04, 0.07), 28)
            for bx, by in smooth(edge, closed=False, steps=4)
        ]
        view.canvas.fill(mix(leaf, view.light.deep, near), *bushes)
    water = mix(WHITE, view.light.on(colour or (150, 206, 226)), 0.35)
    fall = [
        (x - half, top - view.unit * 0.04),
        (x + half, top - view.unit * 0.04),
        (x + half * 1.25, pool),
        (x - half * 1.25, pool),
    ]
    view.canvas.fill(Fade((water, lighten(water, 0.35))), fall, soft=1.5)
    for _ in range(26):
        start = x + half * chance.between(-1, 1)
        thread = ribbon(
            [(start, top - view.unit * 0.04 * chance.fraction()), (start + (start - x) * 0.25, pool)],
            (view.unit * 0.005, view.unit * 0.002),
        )
        view.canvas.fill(WHITE if chance.either() else darken(water, 0.25), thread, opacity=0.45)
    _pool(view, chance, (x, pool), mix(view.light.on(colour or WATER), view.light.deep, 0.15))


def _crags(view: View, chance: Chance, rock: Colour, span: tuple[float, float]) -> None:
    """Columns of rock, each with a lit face and a dark crack beside it."""
    top, bottom = span
    x = -view.unit * 0.02
    while x < view.width:
        width = view.unit * chance.between(0.03, 0.08)
        start, end = top + view.unit * chance.between(0.02, 0.16), bottom - view.unit * chance.between(0.0, 0.10)
        face = [
            (x, start + width * 0.3),
            (x + width * 0.75, start),
            (x + width * 0.68, end),
            (x + width * 0.1, end - width * 0.4),
        ]
        crack = ribbon([(x + width * 0.85, start), (x + width * 0.78, end)], (view.unit * 0.006, view.unit * 0.002))
        lit = lighten(rock, chance.between(0.05, 0.28))
        view.canvas.fill(Fade((lit, mix(lit, rock, 0.8))), face, opacity=0.6)
        view.canvas.fill(mix(rock, view.light.deep, 0.6), crack, opacity=0.6)
        x += width


def _pool(view: View, chance: Chance, foot: tuple[float, float], water: Colour) -> None:
    x, pool = foot
    view.canvas.wash(Fade((lighten(water, 0.3), water, mix(water, view.light.deep, 0.5))), pool)
    view.canvas.reflect(pool, view.height, (view.height - pool) * 1.2, 0.3)
    for step in range(7):
        ring = lens(x, pool + view.unit * 0.028 * (step + 0.3), view.unit * (0.14 + 0.07 * step), view.unit * 0.004)
        view.canvas.fill(WHITE, ring, opacity=0.5 - 0.05 * step)
    for _ in range(9):
        centre = (x + view.unit * chance.between(-0.15, 0.15), pool + view.unit * chance.between(-0.03, 0.02))
        view.canvas.glow(WHITE, centre, view.unit * 0.10, view.unit * 0.05, 0.5)
    for side in (-0.06, 0.20, 0.80, 1.04):
        stone = oval(
            view.width * side,
            view.height * 1.0,
            view.unit * chance.between(0.12, 0.2),
            view.unit * chance.between(0.06, 0.12),
        )
        paint = mix(view.light.on((96, 98, 100)), view.light.deep, 0.35)
        view.canvas.fill(Fade((lighten(paint, 0.2), darken(paint, 0.4))), stone)
