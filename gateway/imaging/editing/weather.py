"""What falls or drifts between the camera and the scene: fog, rain and snow."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from gateway.imaging.editing.curves import bend, gain, table
from gateway.imaging.editing.gradients import downwards, smooth
from gateway.imaging.editing.noise import billows
from gateway.imaging.editing.operation import Touch

_FOG = (222, 227, 232)
_MOST_DROPS = 2200
_MOST_FLAKES = 900


def fog(image: Image.Image, touch: Touch) -> Image.Image:
    """Thickest around the horizon, in drifting banks."""
    strength = touch.strength(0.85)
    colour = _FOG if touch.details.colour is None else touch.details.colour.rgb
    line = touch.sky_of(image).horizon
    depth = downwards(image.size, lambda y: 0.35 + 0.65 * (1 - smooth(abs(y - line) / 0.55)))
    banks = billows(image.size, f"fog/{touch.variation}", 3, stretch=2.6)
    banks = banks.point(table(lambda level: strength * (120 + 0.53 * level)))
    veiled = ImageEnhance.Color(image).enhance(1 - 0.4 * strength)
    veiled.paste(colour, mask=ImageChops.multiply(depth, banks))
    return veiled


def rain(image: Image.Image, touch: Touch) -> Image.Image:
    """Slanting streaks, near and far, under a duller light."""
    strength = touch.strength(0.9, most=1.6)
    dull = gain(ImageEnhance.Color(image).enhance(max(0.0, 1 - 0.45 * strength)), *_dimmed(strength))
    streaks = Image.new("L", image.size)
    pen, chance = ImageDraw.Draw(streaks), touch.chance("rain")
    reach, slant = max(image.size), 0.12 + 0.3 * touch.drift
    for _ in range(round(_MOST_DROPS * min(1.0, strength))):
        near = chance.fraction() ** 2
        length = reach * (0.010 + 0.03 * near)
        x, y = chance.between(-0.1, 1.1) * image.width, chance.between(-0.1, 1.0) * image.height
        pen.line((x, y, x - slant * length, y + length), fill=round(75 + 120 * near), width=_width(reach, near))
    soft = streaks.filter(ImageFilter.GaussianBlur(reach / 2000))
    return ImageChops.screen(dull, Image.merge("RGB", (bend(soft, lambda level: level * 0.9), soft, soft)))


def snow(image: Image.Image, touch: Touch) -> Image.Image:
    """Flakes at three distances, the near ones larger and out of focus, in a colder light."""
    strength = touch.strength(0.9, most=1.6)
    cold = gain(ImageEnhance.Color(image).enhance(max(0.0, 1 - 0.3 * strength)), 0.97, 1.0, 1.04)
    cold = bend(cold, lambda level: level + strength * (18 - 0.04 * level))
    reach, chance = max(image.size), touch.chance("snow")
    for share, size, softness in ((0.65, 0.0012, 0.0003), (0.28, 0.0026, 0.001), (0.07, 0.006, 0.003)):
        flakes = Image.new("L", image.size)
        pen = ImageDraw.Draw(flakes)
        for _ in range(round(_MOST_FLAKES * share * strength)):
            x, y = chance.fraction() * image.width, chance.fraction() * image.height
            radius = reach * size * chance.between(0.6, 1.5)
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=chance.whole(150, 255))
        cold.paste((255, 255, 255), mask=flakes.filter(ImageFilter.GaussianBlur(reach * softness)))
    return cold


def _dimmed(strength: float) -> tuple[float, float, float]:
    return (1 - 0.26 * strength, 1 - 0.22 * strength, 1 - 0.16 * strength)


def _width(reach: int, near: float) -> int:
    return max(1, round(reach * (0.0005 + 0.0013 * near)))
