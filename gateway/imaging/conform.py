"""Format and ratio are promises: whatever a backend returned leaves as it was asked for."""

from __future__ import annotations

from PIL import Image, ImageColor

from gateway.images import AspectRatio, Fit, ImageFormat, Picture
from gateway.imaging import codec
from gateway.imaging.strips import bands, cut_out, is_large, restacked

RATIO_TOLERANCE = 0.03
"""How far, relative to the asked ratio, a picture may be off and still count as fitting."""


def fits_ratio(width: int, height: int, ratio: AspectRatio | None) -> bool:
    if ratio is None:
        return True
    return abs(width / height / ratio.quotient - 1) <= RATIO_TOLERANCE


def fits(picture: Picture, format: ImageFormat, ratio: AspectRatio | None, fit: Fit) -> bool:  # noqa: A002
    """Whether `picture` may leave as it is, bit for bit."""
    wanted = ratio if fit is not Fit.NONE else None
    return picture.format is format and fits_ratio(picture.width, picture.height, wanted)


def conform(picture: Picture, format: ImageFormat, ratio: AspectRatio | None, fit: Fit) -> Picture:  # noqa: A002
    """`picture` itself where it fits, else decoded, fitted and encoded. Blocks.

    Raises:
        PictureError: the data is damaged in a way that only decoding shows.
    """
    if fits(picture, format, ratio, fit):
        return picture
    wanted = ratio if fit is not Fit.NONE else None
    image = codec.decode(picture)
    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA", "L", "LA"} else None
    if wanted is not None and not fits_ratio(*image.size, wanted):
        image = _crop(image, wanted) if fit is Fit.CROP else _pad(image, wanted)
    return codec.encode(image, format, icc_profile=profile)


def upright(picture: Picture, accepted: frozenset[ImageFormat]) -> Picture:
    """`picture` itself where a backend takes it as it is, else recoded as PNG. Blocks.

    Many backends ignore EXIF, so a photograph lying on its side is turned before it is sent.
    """
    if picture.format in accepted and picture.orientation == 1:
        return picture
    keep = picture.format is ImageFormat.JPEG and ImageFormat.JPEG in accepted
    return codec.encode(codec.decode(picture), ImageFormat.JPEG if keep else ImageFormat.PNG)


def fitted_size(size: tuple[int, int], ratio: AspectRatio | None, fit: Fit) -> tuple[int, int]:
    """Width and height that a picture of `size` has once it was fitted."""
    width, height = size
    if ratio is None or fit is Fit.NONE or fits_ratio(width, height, ratio):
        return size
    too_wide = width / height > ratio.quotient
    if too_wide is (fit is Fit.CROP):
        return max(1, round(height * ratio.quotient)), height
    return width, max(1, round(width / ratio.quotient))


def _crop(image: Image.Image, ratio: AspectRatio) -> Image.Image:
    width, height = fitted_size(image.size, ratio, Fit.CROP)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return cut_out(image, (left, top, left + width, top + height))


def _pad(image: Image.Image, ratio: AspectRatio) -> Image.Image:
    size = fitted_size(image.size, ratio, Fit.PAD)
    if is_large(size):
        return restacked(image, size, (_framed(image, size, *band) for band in bands(size)))
    return _framed(image, size, 0, size[1])


def _framed(image: Image.Image, size: tuple[int, int], top: int, bottom: int) -> Image.Image:
    """The rows `top` to `bottom` of `image` in the middle of an empty ground of `size`."""
    mode, empty = ("RGBA", (0, 0, 0, 0)) if image.has_transparency_data else ("RGB", ImageColor.getrgb("white"))
    ground = Image.new(mode, (size[0], bottom - top), empty)
    left, above = (size[0] - image.width) // 2, (size[1] - image.height) // 2
    first, last = max(0, top - above), min(image.height, bottom - above)
    if first < last:
        shown = image if (first, last) == (0, image.height) else image.crop((0, first, image.width, last))
        ground.paste(shown if shown.mode == mode else shown.convert(mode), (left, max(0, above - top)))
    return ground
