"""Things laid over the picture: borders and a second picture."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageOps

from gateway.imaging.editing.meanings import Place, Unit
from gateway.imaging.editing.operation import Touch

_INSET = 0.36
"""Share of the width that a picture in a corner takes."""


def border(image: Image.Image, touch: Touch) -> Image.Image:
    """Painted over the edges, so the size stays."""
    shorter = min(image.size)
    percent = touch.details.number(Unit.PERCENT)
    usual = 0.045 * shorter if percent is None else percent / 100 * shorter
    width = round(max(1.0, min(shorter / 2, touch.pixels(usual))))
    image = image.copy()
    colour = (255, 255, 255) if touch.details.colour is None else touch.details.colour.rgb
    ImageDraw.Draw(image).rectangle((0, 0, image.width - 1, image.height - 1), outline=colour, width=width)
    return image


def blend(image: Image.Image, touch: Touch) -> Image.Image:
    """The second picture over the whole of the first, or smaller in the place that is named."""
    if not touch.others:
        return image
    second = touch.others[0]
    if touch.details.places:
        return _inset(image, second, touch)
    cover = ImageOps.fit(second, image.size, Image.Resampling.LANCZOS)
    return Image.composite(cover.convert("RGB"), image, _opacity(cover, touch.strength(0.5)))


def _inset(image: Image.Image, second: Image.Image, touch: Touch) -> Image.Image:
    side = min(1.0, _INSET * touch.details.amount * touch.vigour)
    box = (max(1, round(image.width * side)), max(1, round(image.height * side)))
    small = ImageOps.contain(second, box, Image.Resampling.LANCZOS)
    margin = round(0.03 * min(image.size))
    places = touch.details.places
    x = _along(image.width - small.width, margin, Place.LEFT in places, Place.RIGHT in places)
    y = _along(image.height - small.height, margin, Place.TOP in places, Place.BOTTOM in places)
    image = image.copy()
    image.paste(small.convert("RGB"), (x, y), _opacity(small, 1.0))
    return image


def _along(room: int, margin: int, first: bool, last: bool) -> int:  # noqa: FBT001 - two sides of one question
    if first:
        return min(margin, room)
    return max(0, room - margin) if last else room // 2


def _opacity(picture: Image.Image, share: float) -> Image.Image:
    """The picture's own transparency, times `share`."""
    if picture.mode != "RGBA":
        return Image.new("L", picture.size, round(255 * share))
    return picture.getchannel("A").point([round(level * share) for level in range(256)])
