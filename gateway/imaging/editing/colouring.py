"""What happens to colours: saturation, warmth, tints, and the looks made of them."""

from __future__ import annotations

from PIL import Image, ImageEnhance, ImageOps

from gateway.imaging.editing.curves import bend, gain
from gateway.imaging.editing.lighting import vignette
from gateway.imaging.editing.meanings import Unit
from gateway.imaging.editing.operation import Details, Touch
from gateway.imaging.editing.texture import grain

_SEPIA = (0.393, 0.769, 0.189, 0.0, 0.349, 0.686, 0.168, 0.0, 0.272, 0.534, 0.131, 0.0)
"""The matrix that browsers use for the CSS filter of this name."""
_USUAL_LEVELS = 4
_FEWEST_LEVELS = 2
_MOST_LEVELS = 64


def saturate(image: Image.Image, touch: Touch) -> Image.Image:
    return ImageEnhance.Color(image).enhance(touch.factor(0.55))


def warm(image: Image.Image, touch: Touch) -> Image.Image:
    shift = touch.details.sign * touch.strength(most=2.5)
    return gain(image, 1 + 0.14 * shift, 1 + 0.02 * shift, 1 - 0.18 * shift)


def tint(image: Image.Image, touch: Touch) -> Image.Image:
    colour = touch.details.colour
    if colour is None:
        return image
    # Black and white stay, the middle becomes the colour: shapes remain readable.
    coloured = ImageOps.colorize(image.convert("L"), "black", "white", mid=colour.rgb)
    return Image.blend(image, coloured, touch.strength(0.6))


def shift_hue(image: Image.Image, touch: Touch) -> Image.Image:
    degrees = touch.details.number(Unit.DEGREES)
    turned = (60 * touch.details.amount if degrees is None else degrees) * touch.vigour
    hue, saturation, value = image.convert("HSV").split()
    steps = round(turned / 360 * 256)
    hue = hue.point([(level + steps) % 256 for level in range(256)])
    return Image.merge("HSV", (hue, saturation, value)).convert("RGB")


def grayscale(image: Image.Image, touch: Touch) -> Image.Image:
    return Image.blend(image, image.convert("L").convert("RGB"), touch.strength())


def sepia(image: Image.Image, touch: Touch) -> Image.Image:
    return Image.blend(image, image.convert("RGB", _SEPIA), touch.strength(0.9))


def invert(image: Image.Image, _touch: Touch) -> Image.Image:
    return ImageOps.invert(image)


def are_levels(details: Details) -> bool:
    levels = details.number(Unit.PLAIN)
    return levels is None or _FEWEST_LEVELS <= levels <= _MOST_LEVELS


def posterize(image: Image.Image, touch: Touch) -> Image.Image:
    asked = touch.details.number(Unit.PLAIN)
    wanted = _USUAL_LEVELS / touch.details.amount if asked is None else asked
    varied = wanted * touch.vigour
    if not _FEWEST_LEVELS <= varied <= _MOST_LEVELS:
        varied = wanted / touch.vigour
    last = round(max(_FEWEST_LEVELS, min(_MOST_LEVELS, varied))) - 1
    return bend(image, lambda level: round(level / 255 * last) * 255 / last)


def vintage(image: Image.Image, touch: Touch) -> Image.Image:
    """Browned, with lifted blacks, grain and darker edges."""
    strength = touch.strength(0.8)
    browned = Image.blend(image, image.convert("RGB", _SEPIA), 0.65 * strength)
    faded = bend(browned, lambda level: level + strength * (22 - 0.14 * level))
    return vignette(grain(faded, touch), touch)
