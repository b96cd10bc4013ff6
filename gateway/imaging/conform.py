"""Format and ratio are promises: whatever a backend returned leaves as it was asked for."""

from __future__ import annotations

from PIL import Image, ImageColor

from gateway.images import AspectRatio, Fit, ImageFormat, Picture
from gateway.imaging import codec

RATIO_TOLERANCE = 0.03
"""How far, relative to the asked ratio, a picture may be off and still count as fitting."""

COPIES = 2
"""Pictures of the source's size that are held at a time while it is turned, cut or framed."""


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


def _crop(image: Image.Image, ratio: AspectRatio) -> Image.Image:
    width, height = image.size
    if width / height > ratio.quotient:
        kept = max(1, round(height * ratio.quotient))
        left = (width - kept) // 2
        return image.crop((left, 0, left + kept, height))
    kept = max(1, round(width / ratio.quotient))
    top = (height - kept) // 2
    return image.crop((0, top, width, top + kept))


def _pad(image: Image.Image, ratio: AspectRatio) -> Image.Image:
    width, height = image.size
    if width / height > ratio.quotient:
        size = (width, round(width / ratio.quotient))
    else:
        size = (round(height * ratio.quotient), height)
    if image.has_transparency_data:
        image, ground = image.convert("RGBA"), Image.new("RGBA", size, (0, 0, 0, 0))
    else:
        image = image.convert("RGB")
        ground = Image.new("RGB", size, ImageColor.getrgb("white"))
    ground.paste(image, ((size[0] - width) // 2, (size[1] - height) // 2))
    return ground
