"""What stands in the sky: rainbow, sun, moon, stars and clouds. All of it stays behind the ground."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from gateway.imaging.editing.curves import bent, table
from gateway.imaging.editing.gradients import downwards, ring, scaled, smooth, spot
from gateway.imaging.editing.horizon import Sky
from gateway.imaging.editing.meanings import Rgb
from gateway.imaging.editing.noise import billows
from gateway.imaging.editing.operation import Touch
from gateway.imaging.editing.regions import anchor

_BOW: tuple[Rgb, ...] = (
    (120, 60, 200),
    (70, 90, 240),
    (40, 190, 220),
    (60, 220, 80),
    (250, 235, 60),
    (255, 150, 40),
    (245, 50, 50),
)
"""From the inside to the outside, as in a primary rainbow."""
_DUSK: Rgb = (14, 20, 52)
_STARLIT = 70
"""Mean brightness of a sky against which stars show."""
_STARS = 420
_SEAS = (
    (-0.3, -0.38, 0.42),
    (0.2, -0.42, 0.34),
    (0.42, -0.08, 0.36),
    (-0.5, 0.1, 0.4),
    (0.05, 0.5, 0.3),
    (-0.15, 0.0, 0.25),
)
"""Place and reach, as shares of the moon's radius from its middle."""


def rainbow(image: Image.Image, touch: Touch) -> Image.Image:
    """An arc of the whole spectrum that stands on the horizon, red outside, paler towards its feet."""
    strength, sky = touch.strength(0.8), touch.sky_of(image)
    centre, radius = _arc(image.size, sky.horizon, touch)
    band = ring(image.size, centre, radius * 0.83, radius)
    colours = Image.merge("RGB", (band, band, band)).point(_spectrum())
    visible = band.point(table(lambda level: 255 * smooth(1.9 * math.sin(math.pi * level / 255))))
    fading = downwards(image.size, lambda y: strength * (1 - 0.55 * smooth(y / max(0.05, sky.horizon))))
    mask = ImageChops.multiply(ImageChops.multiply(visible, fading), sky.mask)
    # Light is added, but on a white sky added light is unseen: so part of the colour is painted.
    image = image.copy()
    image.paste(Image.blend(colours, ImageChops.screen(image, colours), 0.4), mask=mask)
    return image


def sun(image: Image.Image, touch: Touch) -> Image.Image:
    sky = touch.sky_of(image)
    colour = (255, 232, 150) if touch.details.colour is None else touch.details.colour.rgb
    centre, radius = _disc(image, sky, touch, usual_x=0.72, usual_radius=0.055)
    halo = spot(image.size, centre, (radius * 7, radius * 7), lambda way: 0.75 * (1 - way) ** 3)
    disc = spot(image.size, centre, (radius, radius), lambda way: smooth((1 - way) / 0.12))
    image = image.copy()
    image.paste(colour, mask=_behind(halo, sky, 0.35))
    image.paste(_towards_white(colour, 0.55), mask=_behind(disc, sky, 0.0))
    return image


def moon(image: Image.Image, touch: Touch) -> Image.Image:
    sky = touch.sky_of(image)
    colour = (240, 238, 226) if touch.details.colour is None else touch.details.colour.rgb
    centre, radius = _disc(image, sky, touch, usual_x=0.28, usual_radius=0.065)
    halo = spot(image.size, centre, (radius * 3.2, radius * 3.2), lambda way: 0.4 * (1 - way) ** 2)
    disc = spot(image.size, centre, (radius, radius), lambda way: smooth((1 - way) / 0.08))
    image = image.copy()
    image.paste(colour, mask=_behind(halo, sky, 0.2))
    face = image.copy()
    face.paste(_face(colour, round(2 * radius)), (round(centre[0] - radius), round(centre[1] - radius)))
    image.paste(face, mask=_behind(disc, sky, 0.0))
    return image


def stars(image: Image.Image, touch: Touch) -> Image.Image:
    """Points of different brightness; a bright sky is darkened first, or none would be seen."""
    sky, chance = touch.sky_of(image), touch.chance("stars")
    strength = touch.strength(0.9, most=2)
    colour = (255, 255, 255) if touch.details.colour is None else touch.details.colour.rgb
    dark = _darkened_sky(image, sky)
    points = Image.new("L", image.size)
    pen, reach = ImageDraw.Draw(points), max(image.size)
    for _ in range(round(_STARS * strength)):
        x, y = chance.fraction() * image.width, chance.fraction() * image.height * min(1.0, sky.horizon * 1.4)
        near = chance.fraction() ** 4
        radius = reach * (0.0005 + 0.0016 * near)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=round(120 + 135 * chance.fraction()))
    halo = points.filter(ImageFilter.GaussianBlur(max(0.6, reach * 0.0016)))
    light = ImageChops.lighter(points, halo.point(table(lambda level: level * 1.6)))
    dark.paste(colour, mask=ImageChops.multiply(light, sky.mask))
    return dark


def clouds(image: Image.Image, touch: Touch) -> Image.Image:
    """Banks of white, shaded below, thinning towards the horizon."""
    sky = touch.sky_of(image)
    strength = touch.strength(0.85)
    colour = (255, 255, 255) if touch.details.colour is None else touch.details.colour.rgb
    shapes = billows(image.size, f"clouds/{touch.variation}", 4, stretch=1.9)
    threshold = 165 - 75 * strength
    cover = shapes.point(table(lambda level: 255 * smooth((level - threshold) / 85)))
    # The field shifted up tells where a cloud goes on below: there it is lit, at its lower edge it is in shade.
    below = ImageChops.offset(shapes, 0, -max(1, image.height // 40))
    shade = ImageChops.subtract(shapes, below, 0.5).point(table(lambda level: 0.55 * level))
    face = Image.new("RGB", image.size, colour)
    face.paste(_towards_black(colour, 0.32), mask=shade)
    thinning = downwards(image.size, lambda y: 1 - 0.7 * smooth(y / max(0.05, sky.horizon)))
    mask = ImageChops.multiply(ImageChops.multiply(cover, thinning), sky.mask)
    image = image.copy()
    image.paste(face, mask=scaled(mask, 0.94))
    return image


def _arc(size: tuple[int, int], horizon: float, touch: Touch) -> tuple[tuple[float, float], float]:
    """Centre and outer radius of a bow whose top is high in the sky and whose feet are on the horizon.

    In a wide sky the full half circle would be small, so the centre sinks until the bow spans the picture.
    """
    width, height = size
    x, _ = anchor(touch.details.places, (0.5, 0.5))
    top = height * horizon * (0.16 - 0.1 * touch.drift)
    rise = max(1.0, height * horizon - top)
    half = max(rise, 0.44 * width)
    radius = (half * half + rise * rise) / (2 * rise)
    return ((x + 0.5 * touch.drift) * width, top + radius), radius


def _spectrum() -> list[int]:
    last = len(_BOW) - 1

    def channel(band: int, level: float) -> float:
        place = level / 255 * last
        left = min(int(place), last - 1)
        share = place - left
        return _BOW[left][band] * (1 - share) + _BOW[left + 1][band] * share

    return bent(lambda level: channel(0, level), lambda level: channel(1, level), lambda level: channel(2, level))


def _disc(
    image: Image.Image, sky: Sky, touch: Touch, *, usual_x: float, usual_radius: float
) -> tuple[tuple[float, float], float]:
    """Centre and radius in pixels. Heights are shares of the sky, so that the disc is in it."""
    x, y = anchor(touch.details.places, (usual_x, 0.38))
    centre = ((x + 0.35 * touch.drift) * image.width, (y + 0.2 * touch.drift) * sky.horizon * image.height)
    size = touch.details.amount * (1 + (touch.vigour - 1) * 0.5)
    return centre, max(1.0, min(image.size) * usual_radius * size)


def _face(colour: Rgb, side: int) -> Image.Image:
    """The moon's seas, on a square around its disc."""
    size = (max(1, side), max(1, side))
    face = Image.new("RGB", size, colour)
    for x, y, reach in _SEAS:
        at, wide = ((0.5 + x / 2) * side, (0.5 + y / 2) * side), reach * side / 2
        face.paste((112, 116, 128), mask=spot(size, at, (wide, wide), lambda way: 0.3 * smooth((1 - way) / 0.8)))
    return face


def _behind(mask: Image.Image, sky: Sky, spill: float) -> Image.Image:
    """The mask inside the sky, with a share of it in front of the ground: a halo spills, a disc does not."""
    window = sky.mask.point(table(lambda level: level + (255 - level) * spill))
    return ImageChops.multiply(mask, window)


def _darkened_sky(image: Image.Image, sky: Sky) -> Image.Image:
    grey = image.convert("L").resize((32, 32), Image.Resampling.BOX)
    weights = sky.mask.resize((32, 32), Image.Resampling.BOX)
    total = sum(weights.tobytes()) or 1
    mean = sum(level * weight for level, weight in zip(grey.tobytes(), weights.tobytes(), strict=True)) / total
    image = image.copy()
    if mean > _STARLIT:
        image.paste(_DUSK, mask=scaled(sky.mask, 0.9 * (1 - _STARLIT / mean) + 0.1))
    return image


def _towards_white(colour: Rgb, share: float) -> Rgb:
    red, green, blue = (round(part + (255 - part) * share) for part in colour)
    return (red, green, blue)


def _towards_black(colour: Rgb, share: float) -> Rgb:
    red, green, blue = (round(part * (1 - share)) for part in colour)
    return (red, green, blue)
