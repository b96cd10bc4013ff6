"""More pixels without a model: Lanczos resampling and light sharpening, transparency without fringes."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageFilter

from gateway.imaging.codec import plain

_SHARPEN = ImageFilter.Kernel((3, 3), (-1, -2, -1, -2, 44, -2, -1, -2, -1))
"""Adds three eighths of the difference between a pixel and its surroundings."""
_OPAQUE = 255
_HEADROOM = 0.78
"""Lanczos overshoots a corner by up to a fifth. Where colour and alpha are cut off at 255 separately, their ratio
breaks and the edge shines; below this share of the range neither is."""

_STRIP = 256
"""Rows of the source that are enlarged at a time: beside the result itself nothing is as large as it."""

_REACH = 3
"""Rows beyond a strip that Lanczos looks at."""


def upscale(image: Image.Image, times: int) -> Image.Image:
    """`image` with `times` as many pixels a side: L, RGB or RGBA, and with its `info`. Blocks.

    Holds up to one and a half times the output's pixels where the caller lets go of `image`, and twice as many where
    some are transparent; whoever calls limits those. EXIF orientation is the decoder's work.
    """
    image = _workable(image)
    info = image.info
    if image.mode == "RGBA":
        result = _with_alpha(image, times)
    else:
        image = image.filter(_SHARPEN)  # which lets go of the source
        result = _resized(image, times)
    result.info = info
    return result


def _workable(image: Image.Image) -> Image.Image:
    """Palettes, bits, 16 bits and inks become L, RGB or RGBA."""
    image = plain(image)
    return image.convert("RGBA") if image.mode == "LA" else image


def _resized(image: Image.Image, times: int, finish: Callable[[Image.Image], Image.Image] | None = None) -> Image.Image:
    """Strip by strip, which no pixel shows: each is computed from what lies beyond its edges too.

    `finish` is done to each strip, and may change its mode.
    """
    width, height = image.width * times, image.height * times
    result: Image.Image | None = None
    for top in range(0, image.height, _STRIP):
        bottom = min(top + _STRIP, image.height)
        low, high = max(0, top - _REACH), min(bottom + _REACH, image.height)
        # One direction after the other, as Pillow does it for a whole picture, though not for a part of one.
        wide = image.crop((0, low, image.width, high)).resize((width, high - low), Image.Resampling.LANCZOS)
        box = (0, top - low, width, bottom - low)
        strip = wide.resize((width, (bottom - top) * times), Image.Resampling.LANCZOS, box=box)
        strip = finish(strip) if finish else strip
        result = result or Image.new(strip.mode, (width, height))
        result.paste(strip, (0, top * times))
    if result is None:
        raise ValueError("a picture has rows")
    return result


def _with_alpha(image: Image.Image, times: int) -> Image.Image:
    if image.getchannel("A").getextrema() == (_OPAQUE, _OPAQUE):
        return _resized(image.convert("RGB").filter(_SHARPEN), times, _opaque)
    # Premultiplied, an invisible pixel weighs nothing, so its colour (mostly black) does not bleed into the edge.
    lowered = _sharpened_inside(image).convert("RGBa").point([round(level * _HEADROOM) for level in range(256)] * 4)
    return _resized(lowered, times, _raised)


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
