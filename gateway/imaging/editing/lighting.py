"""Light that falls on the whole scene: times of day, glows and flares, darker edges."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from gateway.imaging.editing.curves import bend, gain
from gateway.imaging.editing.gradients import downwards, scaled, smooth, spot, wash
from gateway.imaging.editing.meanings import Colour, Rgb
from gateway.imaging.editing.operation import Touch
from gateway.imaging.editing.regions import anchor

_GOLD: Rgb = (255, 176, 66)
_ROSE: Rgb = (255, 186, 176)
_MOONLIGHT: Rgb = (150, 176, 255)


def vignette(image: Image.Image, touch: Touch) -> Image.Image:
    """Edges towards black, or towards the colour asked for."""
    width, height = image.size
    strength = touch.strength(0.6)
    mask = spot(
        image.size,
        (width * (0.5 + 0.2 * touch.drift), height / 2),
        (width * 0.8, height * 0.8),
        lambda way: strength * smooth((way - 0.3) / 0.7),
    )
    image = image.copy()
    image.paste(_rgb(touch.details.colour, (0, 0, 0)), mask=mask)
    return image


def glow(image: Image.Image, touch: Touch) -> Image.Image:
    """What is bright shines over its surroundings."""
    radius = max(1.0, min(image.size) * 0.02)
    bright = bend(image, lambda level: level * smooth((level - 60) / 150))
    # A wide blur has no detail, so a quarter of the size carries it at a sixteenth of the work.
    small = bright.resize([max(1, side // 4) for side in image.size], Image.Resampling.BOX)
    bloom = small.filter(ImageFilter.GaussianBlur(radius / 4)).resize(image.size, Image.Resampling.BILINEAR)
    strength = touch.strength(0.75, most=1.5)
    red, green, blue = _rgb(touch.details.colour, (255, 255, 255))
    return ImageChops.screen(image, gain(bloom, *(strength * part / 255 for part in (red, green, blue))))


def sunset(image: Image.Image, touch: Touch) -> Image.Image:
    """Low golden sun: a sky from violet to gold, a glow at the horizon, everything below it in warm light."""
    strength, sky = touch.strength(0.9), touch.sky_of(image)
    # Light of any colour is still that of a low sun.
    gold = _between(_GOLD, _rgb(touch.details.colour, _GOLD))
    line = sky.horizon
    lit = gain(image, 1 + 0.16 * strength, 1 - 0.18 * strength, 1 - 0.42 * strength)
    colours = wash(
        image.size, (0.0, (86, 58, 128)), (line * 0.45, (206, 92, 104)), (line * 0.8, (250, 142, 72)), (line, gold)
    )
    # Coloured by the painted sky, and still carrying its own clouds: half replaced, half overlaid.
    heaven = Image.blend(colours, ImageChops.overlay(lit, colours), 0.45)
    lit.paste(heaven, mask=scaled(sky.mask, min(1.0, 0.85 * strength)))
    return _shine(lit, (0.68 + 0.5 * touch.drift, line), gold, strength)


def dawn(image: Image.Image, touch: Touch) -> Image.Image:
    """First light: pale blue to rose above, a bright haze at the horizon, softened contrast."""
    strength, sky, rose = touch.strength(0.9), touch.sky_of(image), _rgb(touch.details.colour, _ROSE)
    line = sky.horizon
    soft = gain(bend(image, lambda level: level + strength * (30 - 0.16 * level)), 1.02, 0.97, 1.02)
    colours = wash(image.size, (0.0, (128, 156, 214)), (line * 0.5, (196, 178, 214)), (line, rose))
    heaven = Image.blend(colours, ImageChops.overlay(soft, colours), 0.4)
    soft.paste(heaven, mask=scaled(sky.mask, min(1.0, 0.8 * strength)))
    haze = downwards(image.size, lambda y: 0.42 * strength * (1 - smooth(abs(y - line) / 0.28)))
    soft.paste((255, 226, 208), mask=haze)
    return _shine(soft, (0.3 + 0.5 * touch.drift, line), (255, 214, 176), 0.7 * strength)


def night(image: Image.Image, touch: Touch) -> Image.Image:
    """Moonlight: dark, blue, with little colour, and a sky that is darkest above."""
    strength, sky, blue = touch.strength(0.9), touch.sky_of(image), _rgb(touch.details.colour, _MOONLIGHT)
    pale = ImageEnhance.Color(image).enhance(1 - 0.6 * strength)
    red_part, green_part, blue_part = (1 - strength * (1 - 0.42 * part / 255) for part in blue)
    dark = gain(bend(pale, lambda level: 255 * (level / 255) ** (1 + 0.5 * strength)), red_part, green_part, blue_part)
    colours = wash(image.size, (0.0, (6, 9, 30)), (sky.horizon, (28, 44, 88)))
    heaven = Image.blend(colours, ImageChops.screen(dark, colours), 0.35)
    dark.paste(heaven, mask=scaled(sky.mask, 0.9 * strength))
    return dark


def flare(image: Image.Image, touch: Touch) -> Image.Image:
    """A light in the lens: a burst, a streak, and ghosts on the line through the middle."""
    width, height = image.size
    reach = min(width, height)
    strength = touch.strength(0.9)
    x, y = anchor(touch.details.places, (0.76, 0.2))
    x += 0.4 * touch.drift
    colour = _rgb(touch.details.colour, (255, 228, 180))
    lit = _screen(image, colour, _burst(image.size, (x * width, y * height), reach * 0.5, strength))
    streak = spot(image.size, (x * width, y * height), (width * 0.7, reach * 0.012), lambda way: (1 - way) ** 2)
    lit = _screen(lit, colour, scaled(streak, 0.7 * strength))
    for way, size, tint in ((0.55, 0.05, (120, 200, 255)), (0.9, 0.03, (255, 160, 120)), (1.5, 0.09, (150, 255, 190))):
        centre = ((x + (0.5 - x) * way * 1.3) * width, (y + (0.5 - y) * way * 1.3) * height)
        ghost = spot(image.size, centre, (reach * size, reach * size), lambda far: (0.5 + 0.5 * far) * (far < 1))
        lit = _screen(lit, tint, scaled(ghost, 0.35 * strength))
    return lit


def _shine(image: Image.Image, at: tuple[float, float], colour: Rgb, strength: float) -> Image.Image:
    """A wide glow around a point given in shares of width and height."""
    width, height = image.size
    centre = (at[0] * width, at[1] * height)
    wide = spot(image.size, centre, (width * 0.75, height * 0.5), lambda way: 0.55 * strength * (1 - way) ** 2)
    return _screen(_screen(image, colour, wide), colour, _burst(image.size, centre, min(image.size) * 0.22, strength))


def _burst(size: tuple[int, int], centre: tuple[float, float], reach: float, strength: float) -> Image.Image:
    return spot(size, centre, (reach, reach), lambda way: strength * (1 - way) ** 3)


def _screen(image: Image.Image, colour: Rgb, mask: Image.Image) -> Image.Image:
    """Light of one colour added as on film: never beyond white."""
    light = gain(Image.merge("RGB", (mask, mask, mask)), *(part / 255 for part in colour))
    return ImageChops.screen(image, light)


def _between(one: Rgb, other: Rgb) -> Rgb:
    red, green, blue = ((left + right) // 2 for left, right in zip(one, other, strict=True))
    return (red, green, blue)


def _rgb(colour: Colour | None, usual: Rgb) -> Rgb:
    return usual if colour is None else colour.rgb
