"""The sky and what is in it: sun, moon, stars, clouds, rainbow, aurora, and what falls from it."""

from __future__ import annotations

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.outlines import Outline, arc, circle, lens, oval, ribbon, smooth, star
from gateway.imaging.drawing.paint import Fade
from gateway.imaging.drawing.palette import WHITE, Colour, darken, lighten, mix, oklch
from gateway.imaging.drawing.pen import View

_RAINBOW: tuple[Colour, ...] = (
    (232, 66, 66),
    (245, 146, 52),
    (250, 220, 76),
    (92, 190, 98),
    (66, 140, 222),
    (122, 88, 196),
)


def heavens(view: View, *, bare: bool = False) -> None:
    """The gradient, stars at night, and the sun or moon unless the sky is to be `bare` of it."""
    light = view.light
    view.canvas.wash(Fade(light.sky), 0, view.horizon)
    view.canvas.wash(light.haze, view.horizon)
    if light.dark and light.clear:
        stars(view, None)
    if light.clear and not bare:
        _halo(view)
        disc(view, None)


def nothing(_view: View, _colour: Colour | None) -> None:
    """For words whose picture the light brings along, such as the moon."""


def disc(view: View, colour: Colour | None) -> None:
    """The sun, or the moon when it is dark."""
    paint = colour or view.light.disc
    radius = view.unit * (0.075 if view.light.low else 0.052)
    x, y = view.sun
    view.canvas.glow(lighten(paint, 0.3), view.sun, radius * 3.2, radius * 3.2, 0.7)
    view.canvas.fill(Fade((lighten(paint, 0.4), paint)), circle(x, y, radius, 96))
    if view.light.dark and not view.light.low:
        _craters(view, paint, radius)


def crescent(view: View, colour: Colour | None) -> None:
    paint = colour or view.light.disc
    x, y, radius = *view.sun, view.unit * 0.075
    view.canvas.glow(paint, view.sun, radius * 3.4, radius * 3.4, 0.4)
    outer = arc(x, y, radius, 70, 290, corners=48)
    inner = arc(x + radius * 0.42, y, radius * 0.94, 270, 90, corners=48)
    view.canvas.fill(lighten(paint, 0.2), outer + inner)


def stars(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("stars")
    paint = colour or (255, 250, 236)
    for size, count, opacity in ((0.0011, 150, 0.55), (0.0018, 60, 0.9), (0.0028, 14, 1.0)):
        spots = [_scattered(view, chance) for _ in range(count)]
        view.canvas.fill(paint, *(circle(x, y, view.unit * size, 8) for x, y in spots), opacity=opacity)
    for _ in range(5):
        x, y = _scattered(view, chance)
        view.canvas.glow(paint, (x, y), view.unit * 0.02, view.unit * 0.02, 0.5)
        view.canvas.fill(WHITE, star(x, y, view.unit * 0.011, 4, 0.16))


def clouds(view: View, colour: Colour | None) -> None:
    """Heaps in a high sun, streaks in a low one."""
    if view.light.low:
        streaks(view, colour)
    else:
        _heaps(view, colour)


def streaks(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("streaks")
    warm = colour or mix(view.light.sky[-1], view.light.disc, 0.4)
    cool = colour or view.light.sky[len(view.light.sky) // 2]
    for step in range(9):
        height = view.horizon * (0.12 + 0.80 * step / 9)
        x, y = chance.between(0, view.width), height + chance.between(-0.03, 0.03) * view.height
        half = view.width * chance.between(0.12, 0.34)
        paint = mix(warm, cool, chance.between(0.0, 0.9))
        layers = [
            lens(x + chance.between(-0.5, 0.5) * half, y + offset * view.unit * 0.011, half * share, view.unit * 0.008)
            for offset, share in ((0, 1.0), (1, 0.7), (-1, 0.5), (1.8, 0.4))
        ]
        view.canvas.fill(paint, *layers, opacity=0.5, soft=view.unit * 0.003)


def rainbow(view: View, _: Colour | None) -> None:
    chance = view.chance.fork("rainbow")
    radius = min(view.width * 0.52, view.horizon * 0.92)
    x, y = view.width * chance.between(0.38, 0.62), view.horizon + radius * 0.06
    band = radius * 0.042
    for step, paint in enumerate(_RAINBOW):
        line = arc(x, y, radius - step * band, 180, 360, corners=72)
        view.canvas.fill(lighten(paint, 0.15), ribbon(line, (band * 1.25,)), opacity=0.5, soft=band * 0.3)


def aurora(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("aurora")
    base = colour or (90, 240, 170)
    for step, paint in enumerate((base, mix(base, (80, 170, 255), 0.6), mix(base, (190, 90, 240), 0.7))):
        foot = view.horizon * (0.72 - 0.17 * step)
        knots = [(view.width * share / 6, foot + view.unit * chance.between(-0.10, 0.10)) for share in range(-1, 8)]
        line = smooth(knots, closed=False, steps=6)
        for rise, opacity in ((0.34, 0.22), (0.20, 0.28), (0.07, 0.40)):
            upper = [(x + view.unit * 0.03, y - view.unit * rise) for x, y in reversed(line)]
            view.canvas.fill(paint, line + upper, opacity=opacity, soft=view.unit * 0.022)


def lightning(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("lightning")
    x, y = view.width * chance.between(0.3, 0.7), 0.0
    bolt = [(x, y)]
    while y < view.horizon:
        x, y = x + view.unit * chance.between(-0.05, 0.05), y + view.horizon * 0.085
        bolt.append((x, y))
    paint = colour or (236, 240, 255)
    view.canvas.glow(paint, bolt[5], view.unit * 0.5, view.horizon * 0.7, 0.5)
    view.canvas.fill(paint, ribbon(bolt, (view.unit * 0.03,)), opacity=0.35, soft=view.unit * 0.01)
    view.canvas.fill(WHITE, ribbon(bolt, (view.unit * 0.011, view.unit * 0.004)))
    fork = [bolt[4], *((px + (step + 1) * view.unit * 0.03, py) for step, (px, py) in enumerate(bolt[5:9]))]
    view.canvas.fill(WHITE, ribbon(fork, (view.unit * 0.006, view.unit * 0.001)))


def comet(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("comet")
    paint = colour or (236, 244, 255)
    for _ in range(3):
        x, y = view.width * chance.between(0.15, 0.85), view.horizon * chance.between(0.1, 0.45)
        length = view.unit * chance.between(0.10, 0.22)
        tail = ribbon([(x, y), (x + length, y - length * 0.45)], (view.unit * 0.008, 0.0))
        view.canvas.fill(paint, tail, opacity=0.7)
        view.canvas.glow(WHITE, (x, y), view.unit * 0.022, view.unit * 0.022, 0.9)


def fireworks(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("fireworks")
    for step in range(5):
        paint = colour or oklch(0.80, 0.17, chance.between(0, 360))
        x = view.width * (0.14 + 0.18 * step + chance.between(-0.04, 0.04))
        y = view.horizon * chance.between(0.18, 0.6)
        _burst(view, paint, x, y, view.unit * chance.between(0.09, 0.19))


def birds(view: View, colour: Colour | None) -> None:
    """A flock in the distance."""
    chance = view.chance.fork("birds")
    paint = colour or view.light.deep
    x, y = view.width * chance.between(0.25, 0.6), view.horizon * chance.between(0.22, 0.5)
    flock = []
    for step in range(9):
        side = 1 if step % 2 else -1
        span = view.unit * chance.between(0.016, 0.026)
        left = x + ((step + 1) // 2) * side * view.unit * 0.042 + chance.between(-1, 1) * view.unit * 0.008
        top = y + ((step + 1) // 2) * view.unit * 0.02 + chance.between(-1, 1) * view.unit * 0.01
        flock.append(_gull(left, top, span, chance.between(0.3, 0.7)))
    view.canvas.fill(paint, *flock)


def snowfall(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("snowfall")
    paint = colour or WHITE
    for size, count, opacity in ((0.002, 140, 0.7), (0.0034, 70, 0.8), (0.006, 22, 0.75)):
        flakes = [
            circle(chance.between(0, view.width), chance.between(0, view.height), view.unit * size, 10)
            for _ in range(count)
        ]
        view.canvas.fill(paint, *flakes, opacity=opacity)


def rain(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("rain")
    drops = []
    for _ in range(170):
        x, y = chance.between(0, view.width * 1.1), chance.between(-0.05, 1) * view.height
        length = view.unit * chance.between(0.025, 0.06)
        drops.append(ribbon([(x, y), (x - length * 0.22, y + length)], (view.unit * 0.0007, view.unit * 0.0022)))
    view.canvas.fill(colour or (226, 234, 242), *drops, opacity=0.45)


def mist(view: View, colour: Colour | None) -> None:
    """Banks of fog along the ground."""
    chance = view.chance.fork("mist")
    paint = colour or lighten(view.light.haze, 0.25)
    for step in range(6):
        centre = (view.width * chance.fraction(), view.horizon + view.unit * (0.06 * step - 0.08))
        view.canvas.glow(paint, centre, view.width * chance.between(0.4, 0.8), view.unit * 0.075, 0.6)


def _halo(view: View) -> None:
    """Light gathers around the sun, and along the horizon below it."""
    reach = view.unit * (0.8 if view.light.low else 0.62)
    view.canvas.glow(view.light.disc, view.sun, reach, reach * 0.8, 0.16 if view.light.dark else 0.5)


def _craters(view: View, paint: Colour, radius: float) -> None:
    x, y = view.sun
    spots = ((-0.3, -0.25, 0.24), (0.28, 0.1, 0.3), (-0.15, 0.42, 0.17), (0.2, -0.5, 0.13))
    patches = [oval(x + dx * radius, y + dy * radius, r * radius, r * radius * 0.9) for dx, dy, r in spots]
    view.canvas.fill(darken(paint, 0.12), *patches, opacity=0.7, soft=radius * 0.05)


def _heaps(view: View, colour: Colour | None) -> None:
    chance = view.chance.fork("clouds")
    lit = colour or lighten(view.light.sky[-1], 0.75)
    shade = mix(view.light.sky[-1], view.light.sky[0], 0.25)
    for step in range(chance.whole(4, 6)):
        x = view.width * (0.08 + 0.2 * step + chance.between(-0.06, 0.06))
        y = view.horizon * chance.between(0.12, 0.68)
        half = view.unit * chance.between(0.07, 0.15) * (0.5 + 0.7 * (1 - y / view.horizon))
        _heap(view, chance, (x, y, half), Fade((lit, mix(lit, shade, 0.65))))


def _heap(view: View, chance: Chance, place: tuple[float, float, float], paint: Fade) -> None:
    x, y, half = place
    puffs: list[Outline] = [oval(x, y, half, half * 0.16)]
    for share in (-0.6, -0.28, 0.05, 0.36, 0.64):
        radius = half * (0.42 - 0.36 * share * share) * chance.between(0.8, 1.1)
        puffs.append(circle(x + share * half, y - radius * 0.45, radius))
    view.canvas.fill(paint, *puffs, opacity=0.92, soft=max(1.0, half * 0.02))


def _burst(view: View, paint: Colour, x: float, y: float, radius: float) -> None:
    view.canvas.glow(paint, (x, y), radius * 1.3, radius * 1.3, 0.4)
    rays = []
    for step in range(26):
        start, end = star(x, y, radius, 26, 0.2)[2 * step], star(x, y, radius * 0.25, 26, 0.2)[2 * step]
        rays.append(ribbon([end, start], (radius * 0.006, radius * 0.028)))
        rays.append(circle(*start, radius * 0.03, 10))
    view.canvas.fill(lighten(paint, 0.25), *rays)


def _gull(x: float, y: float, span: float, lift: float) -> list[tuple[float, float]]:
    line = smooth(
        [(x - span, y - span * lift * 0.5), (x - span * 0.45, y - span * lift), (x, y)], closed=False
    ) + smooth([(x, y), (x + span * 0.45, y - span * lift), (x + span, y - span * lift * 0.5)], closed=False)
    return ribbon(line, (0.0, span * 0.16, span * 0.22, span * 0.16, 0.0))


def _scattered(view: View, chance: Chance) -> tuple[float, float]:
    """Thinner towards the horizon."""
    return (chance.between(0, view.width), view.horizon * (chance.fraction() ** 1.4) * 0.97)
