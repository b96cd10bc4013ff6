"""Pines, from a far row to the trunks that frame the picture."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Point, lens
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import View

PINE: Colour = (38, 88, 72)


def forest(view: View, colour: Colour | None) -> None:
    """Rows of pines, the nearest framing the picture."""
    chance = view.chance.fork("forest")
    green = colour or mix(PINE, view.leaf, 0.35)
    rows = 4 if view.front else 2
    for row in range(rows):
        near = row / 3
        base = view.horizon + (view.height - view.horizon) * (0.04 + 0.5 * near)
        paint = mix(view.light.far(green, 0.62 - 0.5 * near), view.light.deep, 0.5 * near)
        row_of_pines(view, chance, paint, base, view.unit * (0.11 + 0.17 * near))
        view.canvas.glow(view.light.haze, (view.width / 2, base), view.width * 0.7, view.unit * 0.06, 0.4 * (1 - near))
    if view.front:
        ground = mix(view.light.far(green, 0.1), view.light.deep, 0.55)
        view.canvas.wash(Fade((ground, darken(ground, 0.3))), view.horizon + (view.height - view.horizon) * 0.54)
        _clearing(view, chance, ground)
        _framing_pines(view, chance, view.light.deep)


def pine(x: float, foot: float, tall: float, tiers: int = 5) -> list[Point]:
    """Tiers of drooping branches on a short trunk."""
    left: list[Point] = []
    for tier in range(tiers):
        share = tier / tiers
        low, half = tall * (0.10 + 0.80 * share), tall * 0.25 * (1 - share) ** 0.85 + tall * 0.02
        left += [
            (-half, -low),
            (-half * 0.62, -low - tall * 0.07 / tiers * 5),
            (-half * 0.40, -low - tall * 0.45 / tiers),
        ]
    outline = [(-tall * 0.022, 0.0), (-tall * 0.022, -tall * 0.11), *left, (0.0, -tall)]
    whole = outline + [(-dx, dy) for dx, dy in reversed(outline[:-1])]
    return [(x + dx, foot + dy) for dx, dy in whole]


def row_of_pines(view: View, chance: Chance, paint: Colour, base: float, tall: float) -> None:
    trees = []
    x = -tall * 0.2
    while x < view.width + tall * 0.2:
        trees.append(pine(x, base + tall * chance.between(-0.06, 0.12), tall * chance.between(0.65, 1.15)))
        x += tall * chance.between(0.14, 0.34)
    view.canvas.fill(paint, *trees)
    view.canvas.wash(Fade((paint, mix(paint, view.light.deep, 0.5))), base - tall * 0.05)


def _framing_pines(view: View, chance: Chance, paint: Colour) -> None:
    trees = []
    for share in (-0.03, 0.07, 0.16, 0.86, 0.94, 1.03):
        tall = view.unit * chance.between(0.55, 0.85) * (1.15 - 1.2 * min(share % 1, 1 - share % 1))
        trees.append(pine(view.width * share, view.height * chance.between(0.94, 1.02), tall, 11))
    view.canvas.fill(paint, *trees)


def _clearing(view: View, chance: Chance, ground: Colour) -> None:
    """Light that falls between the trees."""
    depth = view.height - view.horizon
    for _ in range(7):
        x, y = view.width * chance.between(0.2, 0.8), view.horizon + depth * chance.between(0.6, 0.95)
        streak = lens(x, y, view.width * chance.between(0.06, 0.16), view.unit * 0.006)
        view.canvas.fill(lighten(ground, 0.3), streak, opacity=0.35, soft=view.unit * 0.003)
