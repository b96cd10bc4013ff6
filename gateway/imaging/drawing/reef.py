"""The world under the surface."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import circle, oval, ribbon, smooth
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix
from gateway.imaging.drawing.pen import View


def reef(view: View, colour: Colour | None) -> None:
    """Under water: light from above, sand below, corals and bubbles."""
    chance = view.chance.fork("reef")
    blue = colour or (18, 124, 172)
    view.canvas.wash(Fade((mix(blue, (150, 232, 236), 0.7), blue, darken(blue, 0.45), darken(blue, 0.68))))
    for _ in range(6):
        x, spread = view.width * chance.between(0.0, 1.0), view.unit * chance.between(0.03, 0.10)
        beam = [(x, -9.0), (x + spread, -9.0), (x + spread * 3.4, view.height * 0.86), (x - spread, view.height * 0.86)]
        view.canvas.fill((216, 250, 246), beam, opacity=0.13, soft=view.unit * 0.012)
    bed = mix((222, 200, 150), blue, 0.45)
    knots = [(view.width * s / 4, view.height * (0.86 + chance.between(-0.03, 0.03))) for s in range(-1, 6)]
    floor = [(view.width * 1.3, view.height + 2.0), (-view.width * 0.3, view.height + 2.0)]
    view.canvas.fill(Fade((bed, mix(bed, darken(blue, 0.6), 0.6))), smooth(knots, closed=False) + floor)
    _corals(view, chance, blue)
    _bubbles(view, chance)


def _corals(view: View, chance: Chance, blue: Colour) -> None:
    for _ in range(9):
        x, foot = view.width * chance.fraction(), view.height * chance.between(0.88, 1.0)
        paint = mix(chance.pick(((240, 110, 110), (250, 170, 90), (210, 100, 180), (120, 200, 150))), blue, 0.2)
        tall = view.unit * chance.between(0.07, 0.16)
        branches = [
            ribbon(
                smooth([(x, foot), (x + lean * 0.4, foot - tall * 0.5), (x + lean, foot - tall * rise)], closed=False),
                (tall * 0.16, tall * 0.12, tall * 0.09),
            )
            for lean, rise in ((-tall * 0.5, 0.8), (-tall * 0.12, 1.0), (tall * 0.3, 0.9), (tall * 0.6, 0.6))
        ]
        tips = [circle(*branch[len(branch) // 2], tall * 0.06, 14) for branch in branches]
        view.canvas.fill(Fade((lighten(paint, 0.2), darken(paint, 0.2))), *branches, *tips)


def _bubbles(view: View, chance: Chance) -> None:
    for _ in range(16):
        x, y = view.width * chance.fraction(), view.height * chance.between(0.1, 0.85)
        radius = view.unit * chance.between(0.004, 0.014)
        view.canvas.fill((206, 244, 246), circle(x, y, radius, 24), opacity=0.28)
        view.canvas.fill(WHITE, oval(x - radius * 0.35, y - radius * 0.4, radius * 0.26, radius * 0.18), opacity=0.8)
