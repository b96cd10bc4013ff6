"""Deep space: nebulae, stars and planets."""

from __future__ import annotations

from PIL import Image

from gateway.imaging.drawing.outlines import arc, circle, oval, ribbon
from gateway.imaging.drawing.paint import Globe
from gateway.imaging.drawing.palette import Colour, darken, lighten, mix, oklch
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.sky import stars


def cosmos(view: View, colour: Colour | None) -> None:
    """Clouds of coloured gas behind stars."""
    chance = view.chance.fork("cosmos")
    hue = chance.between(230, 330)
    base = colour or oklch(0.45, 0.16, hue)
    dark = mix((5, 6, 18), darken(base, 0.85), 0.5)
    spots = [mix(dark, base, chance.fraction() ** 2 * 0.9) for _ in range(25)]
    cloud = Image.frombytes("RGB", (5, 5), bytes(part for spot in spots for part in spot))
    view.canvas.image.paste(cloud.resize(view.canvas.image.size, Image.Resampling.BICUBIC))
    for turn in (0, 50, -70, 110):
        centre = (view.width * chance.between(0.1, 0.9), view.height * chance.between(0.1, 0.9))
        paint = oklch(0.62, 0.17, hue + turn) if colour is None else lighten(base, 0.2)
        view.canvas.glow(paint, centre, view.unit * chance.between(0.25, 0.6), view.unit * 0.22, 0.34)
    stars(view, None)


def planet(view: View, colour: Colour | None) -> None:
    """A banded planet with a ring."""
    chance = view.chance.fork("planet")
    paint = colour or oklch(0.70, 0.13, chance.between(0, 360))
    radius = view.unit * chance.between(0.13, 0.19)
    x, y = view.width * chance.pick((0.27, 0.72)), view.horizon * chance.between(0.30, 0.42)
    body = circle(x, y, radius, 96)
    tilt = chance.between(12, 24)
    ring = [oval(x, y, radius * reach, radius * reach * 0.26, -tilt, corners=96) for reach in (1.5, 1.66, 1.86)]
    view.canvas.glow(paint, (x, y), radius * 1.9, radius * 1.9, 0.35)
    bands = mix(paint, lighten(paint, 0.6), 0.6)
    for line in ring:
        view.canvas.fill(bands, ribbon([*line[48:], line[0]], (radius * 0.075,)), opacity=0.75)
    view.canvas.fill(Globe(lighten(paint, 0.35), darken(paint, 0.72), 0.30, 0.28, 0.95), body)
    for share in (-0.62, -0.3, 0.05, 0.36, 0.66):
        stripe = oval(x, y + share * radius, radius * 1.1, radius * chance.between(0.05, 0.11), -tilt * 0.6)
        view.canvas.fill(darken(paint, chance.between(0.2, 0.5)), stripe, opacity=0.28, within=body, soft=radius * 0.02)
    for line in ring:
        view.canvas.fill(lighten(bands, 0.2), ribbon(line[:49], (radius * 0.075,)), opacity=0.85)


def earth(view: View, colour: Colour | None) -> None:
    """The blue one, seen from outside."""
    chance = view.chance.fork("earth")
    radius = view.unit * 0.24
    x, y = view.width * chance.pick((0.36, 0.62)), view.horizon * 0.45
    body = circle(x, y, radius, 120)
    view.canvas.glow((120, 190, 255), (x, y), radius * 1.5, radius * 1.5, 0.7)
    view.canvas.fill(Globe(colour or (66, 150, 226), (6, 20, 60), 0.32, 0.3, 0.95), body)
    for dx, dy, size in ((-0.35, -0.3, 0.42), (0.25, 0.12, 0.36), (-0.2, 0.5, 0.28), (0.45, -0.5, 0.25)):
        land = [
            (x + radius * (dx + size * chance.between(0.6, 1.0) * px), y + radius * (dy + size * py))
            for px, py in oval(0, 0, 0.9, 0.7, chance.between(0, 90), corners=14)
        ]
        view.canvas.fill(Globe((128, 190, 110), (18, 60, 60), 0.3, 0.3, 1.0), land, within=body, soft=radius * 0.012)
    for _ in range(5):
        start = chance.between(150, 220)
        band = arc(x, y + radius * chance.between(-0.4, 0.6), radius * chance.between(0.5, 1.1), start, start + 80)
        view.canvas.fill(
            (250, 252, 255), ribbon(band, (0, radius * 0.1, 0)), opacity=0.5, within=body, soft=radius * 0.02
        )
