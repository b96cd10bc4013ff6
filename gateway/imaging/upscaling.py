"""More pixels without a model: Lanczos resampling and light sharpening, transparency without fringes."""

from __future__ import annotations

from PIL import Image, ImageFilter

from gateway.imaging.codec import plain

_SHARPEN = ImageFilter.Kernel((3, 3), (-1, -2, -1, -2, 44, -2, -1, -2, -1))
"""Adds three eighths of the difference between a pixel and its surroundings."""
_OPAQUE = 255
_HEADROOM = 0.78
"""Lanczos overshoots a corner by up to a fifth. Where colour and alpha are cut off at 255 separately, their ratio
breaks and the edge shines; below this share of the range neither is."""


def upscale(image: Image.Image, times: int) -> Image.Image:
    """`image` with `times` as many pixels a side: L, RGB or RGBA. Blocks.

    Holds up to twice the output's pixels; whoever calls limits those. EXIF orientation is the decoder's work.
    """
    image = _workable(image)
    if image.mode == "RGBA":
        return _with_alpha(image, times)
    return _resized(image.filter(_SHARPEN), times)


def _workable(image: Image.Image) -> Image.Image:
    """Palettes, bits, 16 bits and inks become L, RGB or RGBA."""
    image = plain(image)
    return image.convert("RGBA") if image.mode == "LA" else image


def _resized(image: Image.Image, times: int) -> Image.Image:
    return image.resize((image.width * times, image.height * times), Image.Resampling.LANCZOS)


def _with_alpha(image: Image.Image, times: int) -> Image.Image:
    if image.getchannel("A").getextrema() == (_OPAQUE, _OPAQUE):
        opaque = _resized(image.convert("RGB").filter(_SHARPEN), times)
        opaque.putalpha(_OPAQUE)
        return opaque
    # Premultiplied, an invisible pixel weighs nothing, so its colour (mostly black) does not bleed into the edge.
    lowered = _sharpened_inside(image).convert("RGBa").point([round(level * _HEADROOM) for level in range(256)] * 4)
    larger = _resized(lowered, times).convert("RGBA")
    larger.putalpha(larger.getchannel("A").point([min(_OPAQUE, round(level / _HEADROOM)) for level in range(256)]))
    return larger


def _sharpened_inside(image: Image.Image) -> Image.Image:
    """Sharpened where all neighbours are opaque too, so that no hidden colour is drawn in."""
    alpha = image.getchannel("A")
    colours = image.convert("RGB")
    inside = alpha.point([0] * _OPAQUE + [_OPAQUE]).filter(ImageFilter.MinFilter(3))
    colours.paste(colours.filter(_SHARPEN), mask=inside)
    colours.putalpha(alpha)
    return colours
