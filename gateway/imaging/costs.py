"""What work on a picture takes of memory at most, in bytes. Measured with Pillow, and a test measures it again."""

from __future__ import annotations

from gateway.images import ImageFormat, Picture
from gateway.imaging.strips import BYTES_A_PIXEL, STRIP, is_large

# Bytes a pixel while a decoder works, the decoded picture included.
_DECODER = {
    ImageFormat.PNG: 4,
    ImageFormat.JPEG: 4,
    ImageFormat.GIF: 5,  # the palette's numbers, then their colours
    ImageFormat.BMP: 5,
    ImageFormat.WEBP: 12,  # two canvases of libwebp and what it gives out, which then becomes the picture
}
_COEFFICIENTS = 8
"""Bytes a pixel more for a JPEG in several scans: two for each sample, of which four are not thinned out at most."""

_FILES = {ImageFormat.WEBP: 2}
"""How many times a decoder holds the file itself, where it is not once."""

# Bytes a pixel while an encoder works, beside the picture itself.
_ENCODER = {
    ImageFormat.PNG: 0,
    ImageFormat.JPEG: 0,
    ImageFormat.WEBP: 8,  # its own copy, that in its own colours, and the result
}
_TRANSPARENCY = 30
"""Bytes a pixel more for the transparency of a WebP, which is coded without loss."""
_FLATTENING = 5
"""Bytes a pixel for the white ground of a small picture, and what is transparent in it."""
_WRITING = 20 * 2**20
"""Bytes of a result on their way into memory or to the disk, and what the C library keeps of it; of a small picture
there are no more than of its pixels."""

_STRIPS = 8 * STRIP
"""A strip as pixels, as text for the disk, and what is made of it."""
_LOOKED_THROUGH = 5
"""Bytes a pixel of what is enlarged: the picture, and whether any of it is transparent."""
_MASKING = 10
_PADDING = 12
_DRAWING = 20
_EDITING = 16
_GROWING = 8


def decoding(picture: Picture) -> int:
    """A picture that is decoded and brought upright, in a mode that is worked with."""
    size, pixels = (picture.width, picture.height), _pixels(picture)
    decoder = _DECODER[picture.format] + (_COEFFICIENTS if picture.in_scans else 0)
    file = picture.blob.size * _FILES.get(picture.format, 1)
    return max(pixels * decoder, _second(size, size)) + file


def encoding(size: tuple[int, int], format: ImageFormat, *, has_alpha: bool) -> int:  # noqa: A002 - the field's word
    """A picture of `size` that is there, and is written."""
    pixels, encoder = size[0] * size[1], _ENCODER[format]
    if has_alpha and format is ImageFormat.WEBP:
        encoder += _TRANSPARENCY
    if has_alpha and format is ImageFormat.JPEG and not is_large(size):
        encoder += _FLATTENING
    return pixels * (BYTES_A_PIXEL + encoder) + min(_WRITING, pixels * BYTES_A_PIXEL)


def recoding(picture: Picture, format: ImageFormat, size: tuple[int, int] | None = None) -> int:  # noqa: A002
    """A picture that is decoded, brought to `size`, and written in another format."""
    before = picture.width, picture.height
    after = size or before
    return max(decoding(picture), _second(before, after), encoding(after, format, has_alpha=picture.has_alpha))


def masking(mask: Picture) -> int:
    return max(decoding(mask), _pixels(mask) * _MASKING) + _WRITING


def padding(picture: Picture) -> int:
    return max(decoding(picture), _pixels(picture) * _PADDING) + _WRITING


def upscaling(picture: Picture, times: int, format: ImageFormat) -> int:  # noqa: A002 - the field's word
    after = picture.width * times, picture.height * times
    result = after[0] * after[1] * BYTES_A_PIXEL
    on_their_way = min(2 * _STRIPS, 3 * result)
    working = _pixels(picture) * _LOOKED_THROUGH + (0 if is_large(after) else result) + on_their_way
    return max(decoding(picture), working, encoding(after, format, has_alpha=picture.has_alpha))


def drawing(size: tuple[int, int]) -> int:
    return size[0] * size[1] * _DRAWING


def editing(sources: int, grown: int) -> int:
    """Of so many pixels that come in, and so many that they may become."""
    return sources * _EDITING + grown * _GROWING


def _pixels(picture: Picture) -> int:
    return picture.width * picture.height


def _second(before: tuple[int, int], after: tuple[int, int]) -> int:
    """Two pictures at a time, or one and what is on its way by the disk."""
    sizes = [width * height * BYTES_A_PIXEL for width, height in (before, after)]
    return max(sizes) + _STRIPS if is_large(before) or is_large(after) else sum(sizes)
