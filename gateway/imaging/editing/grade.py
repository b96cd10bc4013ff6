"""The visible answer to an instruction that was not understood: a colour grade decided by its words."""

from __future__ import annotations

from colorsys import hls_to_rgb

from PIL import Image, ImageOps

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.editing.curves import bend
from gateway.imaging.editing.gradients import smooth, spot
from gateway.imaging.editing.meanings import Rgb


def grade(image: Image.Image, seed: str, variation: int) -> Image.Image:
    """RGB in and out. Plain enough to be seen, mild enough to keep the picture what it was."""
    chance = Chance("grade", seed, variation)
    # Shadows and lights lie across the colour circle, as film is graded.
    hue = chance.fraction()
    shadows, lights = _colour(hue, 0.17), _colour(hue + 0.5, 0.88)
    toned = ImageOps.colorize(image.convert("L"), shadows, lights)
    graded = Image.blend(image, toned, chance.between(0.32, 0.5))
    steep = chance.between(1.06, 1.22)
    graded = bend(graded, lambda level: (level - 128) * steep + 128)
    width, height = image.size
    depth = chance.between(0.2, 0.36)
    edge = spot(image.size, (width / 2, height / 2), (width * 0.8, height * 0.8), lambda way: depth * smooth(way))
    graded.paste(shadows, mask=edge)
    return graded


def _colour(hue: float, lightness: float) -> Rgb:
    red, green, blue = (round(255 * part) for part in hls_to_rgb(hue % 1, lightness, 0.6))
    return (red, green, blue)
