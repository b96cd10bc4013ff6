"""Operations that change the shape of a picture. They take and return RGB or RGBA."""

from __future__ import annotations

import math

from PIL import Image, ImageChops, ImageDraw

from gateway.imaging.editing.meanings import Axis, Place, Ratio, Spin, Unit
from gateway.imaging.editing.operation import Details, Touch
from gateway.imaging.limits import LONGEST_SIDE

LARGEST_RESULT = 16_777_216
"""Pixels that enlarging may reach, 4096x4096: beyond that, upscaling is the operation to ask for."""

_KEPT = 0.8
"""Share of each side that a crop keeps where the instruction does not say."""
_SMALLEST_KEPT = 0.02
_TILT = 10
_QUARTERS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Degrees clockwise to Pillow's names, which count the other way."""


def crop(image: Image.Image, touch: Touch) -> Image.Image:
    """The part of the named ratio, size, share or place; of the middle where no place is named."""
    kept = _kept(image.size, touch.details)
    return image.crop(_window(image.size, kept, touch.details.places))


def zoom(image: Image.Image, touch: Touch) -> Image.Image:
    """A part enlarged to the size of the whole."""
    times = max(1.02, min(20.0, touch.factor(0.5)))
    width, height = image.size
    window = _window(image.size, (width / times, height / times), touch.details.places)
    return image.resize(image.size, Image.Resampling.LANCZOS, window)


def rotate(image: Image.Image, touch: Touch) -> Image.Image:
    """Quarter turns exactly; other angles enlarged just so far that no empty corner shows."""
    degrees = clockwise(touch.details)
    if degrees % 90 == 0:
        quarter = _QUARTERS.get(int(degrees % 360))
        return image if quarter is None else image.transpose(quarter)
    return _tilted(image, degrees)


def clockwise(details: Details) -> float:
    """The angle that the clause asks for."""
    asked = details.number(Unit.DEGREES)
    if asked is None:
        asked = 90.0 if details.amount >= 1 else _TILT * details.amount
    turned_back = details.spin is Spin.COUNTERCLOCKWISE or (details.spin is None and Place.LEFT in details.places)
    return -asked if turned_back else asked


def is_shape(details: Details) -> bool:
    """At most one of ratio, size and measure is given, and it is a picture that can be made."""
    given = [shape for shape in (details.ratio, details.size) if shape is not None]
    if len(given) + (details.measure is not None) > 1 or any(min(shape.width, shape.height) < 1 for shape in given):
        return False
    size = details.size
    return size is None or (size.width * size.height <= LARGEST_RESULT and max(size.width, size.height) <= LONGEST_SIDE)


def flip(image: Image.Image, touch: Touch) -> Image.Image:
    upright = flip_axis(touch.details) is Axis.VERTICAL
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM if upright else Image.Transpose.FLIP_LEFT_RIGHT)


def flip_axis(details: Details) -> Axis:
    if details.axis is not None:
        return details.axis
    return Axis.VERTICAL if details.number(Unit.DEGREES) is not None else Axis.HORIZONTAL


def resize(image: Image.Image, touch: Touch) -> Image.Image:
    return image.resize(_size(image.size, touch), Image.Resampling.LANCZOS, reducing_gap=3)


def round_corners(image: Image.Image, touch: Touch) -> Image.Image:
    """Corners become transparent, so the result has alpha."""
    radius = max(1.0, min(min(image.size) / 2, touch.pixels(0.08 * min(image.size))))
    # Four times as large and reduced, for a smooth edge; the corners alone, for there is nothing else to draw.
    scale, side = 4, math.ceil(radius)
    disc = Image.new("L", (2 * side * scale, 2 * side * scale))
    ImageDraw.Draw(disc).ellipse((0, 0, 2 * side * scale - 1, 2 * side * scale - 1), fill=255)
    disc = disc.reduce(scale)
    mask = Image.new("L", image.size, 255)
    right, bottom = image.width - side, image.height - side
    for x, y, left, top in ((0, 0, 0, 0), (right, 0, side, 0), (0, bottom, 0, side), (right, bottom, side, side)):
        mask.paste(disc.crop((left, top, left + side, top + side)), (x, y))
    rounded = image.convert("RGBA")
    rounded.putalpha(ImageChops.multiply(rounded.getchannel("A"), mask))
    return rounded


def _kept(size: tuple[int, int], details: Details) -> tuple[float, float]:
    width, height = size
    if details.size is not None:
        return (min(width, details.size.width), min(height, details.size.height))
    if details.ratio is not None:
        return _fitted(size, details.ratio)
    if details.measure is not None:
        share = details.measure.value / 100
        share = share if details.measure.absolute else 1 - share
        return (width * max(_SMALLEST_KEPT, share), height * max(_SMALLEST_KEPT, share))
    if details.places and Place.CENTRE not in details.places:
        across = 0.5 if {Place.LEFT, Place.RIGHT} & set(details.places) else 1.0
        along = 0.5 if {Place.TOP, Place.BOTTOM} & set(details.places) else 1.0
        return (width * across, height * along)
    share = _KEPT if details.amount == 1 else max(_SMALLEST_KEPT, 1 - (1 - _KEPT) * details.amount)
    return (width * share, height * share)


def _fitted(size: tuple[int, int], ratio: Ratio) -> tuple[float, float]:
    """The largest part of that ratio."""
    width, height = size
    wanted = ratio.width / ratio.height
    return (height * wanted, height) if width / height > wanted else (width, width / wanted)


def _window(size: tuple[int, int], kept: tuple[float, float], places: tuple[Place, ...]) -> tuple[int, int, int, int]:
    width, height = (max(1, min(side, round(part))) for side, part in zip(size, kept, strict=True))
    x = 0.0 if Place.LEFT in places else 1.0 if Place.RIGHT in places else 0.5
    y = 0.0 if Place.TOP in places else 1.0 if Place.BOTTOM in places else 0.5
    left, top = round((size[0] - width) * x), round((size[1] - height) * y)
    return (left, top, left + width, top + height)


def _tilted(image: Image.Image, degrees: float) -> Image.Image:
    width, height = image.size
    angle = math.radians(degrees)
    sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
    # The turned frame must lie inside of the picture: its bounding box, measured in the picture, is this much larger.
    zoomed = max(cosine + sine * height / width, cosine + sine * width / height)
    cos, sin = math.cos(angle) / zoomed, math.sin(angle) / zoomed
    x, y = width / 2, height / 2
    matrix = (cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y)
    return image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC)


def _size(size: tuple[int, int], touch: Touch) -> tuple[int, int]:
    details, (width, height) = touch.details, size
    if details.size is not None:
        return _bounded(details.size.width, details.size.height, size)
    longest = details.number(Unit.PIXELS)
    scale = touch.factor(0.5, most=64) if longest is None else longest / max(size)
    return _bounded(width * scale, height * scale, size)


def _bounded(width: float, height: float, original: tuple[int, int]) -> tuple[int, int]:
    """The size in whole pixels, reduced where it is both larger than the original and too large."""
    most = max(LARGEST_RESULT, original[0] * original[1])
    shrink = min(1.0, math.sqrt(most / max(1.0, width * height)), LONGEST_SIDE / max(1.0, width, height))
    return (max(1, int(width * shrink)), max(1, int(height * shrink)))
