"""More pixels without a model: Lanczos resampling and light sharpening, transparency without fringes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from PIL import Image, ImageFilter

from gateway.imaging.codec import plain
from gateway.imaging.strips import band_of, is_large, restacked

_SHARPEN = ImageFilter.Kernel((3, 3), (-1, -2, -1, -2, 44, -2, -1, -2, -1))
"""Adds three eighths of the difference between a pixel and its surroundings."""
_OPAQUE = 255
_HEADROOM = 0.78
"""Lanczos overshoots a corner by up to a fifth. Where colour and alpha are cut off at 255 separately, their ratio
breaks and the edge shines; below this share of the range neither is."""

_STRIP = 256
"""Rows of the source that are enlarged at a time, where they are not too long."""

_STRIP_PIXELS = 1_000_000
"""Of what comes out of one strip."""

_REACH = 4
"""Rows beyond a strip that are looked at: three by Lanczos, and one more where those are sharpened."""

_Way: TypeAlias = Callable[[Image.Image], Image.Image]


def upscale(image: Image.Image, times: int) -> Image.Image:
    """`image` with `times` as many pixels a side: L, RGB or RGBA, and with its `info`. Blocks.

    Where the result is large, `image` is used up and nothing else of that size is held. EXIF orientation is the
    decoder's work.
    """
    image = _workable(image)
    info = image.info
    result = _enlarged(image, times, *_ways(image))
    result.info = info
    return result


def _workable(image: Image.Image) -> Image.Image:
    """Palettes, bits, 16 bits and inks become L, RGB or RGBA."""
    image = plain(image)
    return image.convert("RGBA") if image.mode == "LA" else image


def _ways(image: Image.Image) -> tuple[_Way, _Way | None]:
    """What is done to each strip before it is enlarged, and after; the latter may change its mode."""
    if image.mode != "RGBA":
        return _sharpened, None
    if image.getchannel("A").getextrema() == (_OPAQUE, _OPAQUE):
        return lambda strip: _sharpened(strip.convert("RGB")), _opaque
    return _lowered, _raised


def _enlarged(image: Image.Image, times: int, before: _Way, after: _Way | None) -> Image.Image:
    """Strip by strip, which no pixel shows: each is computed from what lies beyond its edges too."""
    size = image.width * times, image.height * times
    strips = (after(strip) if after else strip for strip in _strips(image, times, before))
    if is_large(size):
        return restacked(image, size, strips)
    result: Image.Image | None = None
    top = 0
    for strip in strips:
        result = result or Image.new(strip.mode, size)
        result.paste(strip, (0, top))
        top += strip.height
    if result is None:
        raise ValueError("a picture has rows")
    return result


def _strips(image: Image.Image, times: int, before: _Way) -> Iterator[Image.Image]:
    width, rows = image.width * times, min(_STRIP, max(1, _STRIP_PIXELS // (image.width * times**2)))
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        low, high = max(0, top - _REACH), min(bottom + _REACH, image.height)
        # One direction after the other, as Pillow does it for a whole picture, though not for a part of one.
        wide = before(band_of(image, low, high)).resize((width, high - low), Image.Resampling.LANCZOS)
        # Its outermost rows were sharpened without their neighbours, but are beyond what is looked at.
        box = (0, top - low, width, bottom - low)
        yield wide.resize((width, (bottom - top) * times), Image.Resampling.LANCZOS, box=box)


def _sharpened(strip: Image.Image) -> Image.Image:
    return strip.filter(_SHARPEN)


def _lowered(strip: Image.Image) -> Image.Image:
    """Premultiplied, an invisible pixel weighs nothing, so its colour (mostly black) does not bleed into the edge."""
    return _sharpened_inside(strip).convert("RGBa").point([round(level * _HEADROOM) for level in range(256)] * 4)


def _opaque(strip: Image.Image) -> Image.Image:
    strip.putalpha(_OPAQUE)
    return strip


def _raised(strip: Image.Image) -> Image.Image:
    strip = strip.convert("RGBA")
    strip.putalpha(strip.getchannel("A").point([min(_OPAQUE, round(level / _HEADROOM)) for level in range(256)]))
    return strip


def _sharpened_inside(image: Image.Image) -> Image.Image:
    """Sharpened where all neighbours are opaque too, so that no hidden colour is drawn in."""
    alpha = image.getchannel("A")
    colours = image.convert("RGB")
    inside = alpha.point([0] * _OPAQUE + [_OPAQUE]).filter(ImageFilter.MinFilter(3))
    colours.paste(colours.filter(_SHARPEN), mask=inside)
    colours.putalpha(alpha)
    return colours
