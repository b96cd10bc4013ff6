"""Pictures that lie on their side are set upright, as their EXIF orientation says."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import ExifTags, Image, ImageOps

from gateway.imaging.strips import bands, is_large, restacked

_Turn = Image.Transpose
_TURNS = {
    2: _Turn.FLIP_LEFT_RIGHT,
    3: _Turn.ROTATE_180,
    4: _Turn.FLIP_TOP_BOTTOM,
    5: _Turn.TRANSPOSE,
    6: _Turn.ROTATE_270,
    7: _Turn.TRANSVERSE,
    8: _Turn.ROTATE_90,
}
_SIDEWAYS = frozenset({_Turn.TRANSPOSE, _Turn.ROTATE_270, _Turn.TRANSVERSE, _Turn.ROTATE_90})
_FROM_THE_END = frozenset({_Turn.ROTATE_180, _Turn.FLIP_TOP_BOTTOM, _Turn.TRANSVERSE, _Turn.ROTATE_90})
"""The top of the result is the bottom, or the right side, of the source."""


def upright(image: Image.Image) -> Image.Image:
    """`image` itself where it stands; a large one is used up where it does not."""
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    if turn is None:
        return image
    if not is_large(image.size):
        return ImageOps.exif_transpose(image)
    size = (image.height, image.width) if turn in _SIDEWAYS else image.size
    return restacked(image, size, _turned(image, size, turn))


def _turned(image: Image.Image, size: tuple[int, int], turn: Image.Transpose) -> Iterator[Image.Image]:
    height = size[1]
    for band in bands(size):
        first, last = (height - band[1], height - band[0]) if turn in _FROM_THE_END else band
        box = (first, 0, last, image.height) if turn in _SIDEWAYS else (0, first, image.width, last)
        yield image.crop(box).transpose(turn)
