"""Pixels in and out: the only place that decodes or encodes a picture. Everything here blocks."""

from __future__ import annotations

import io

from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gateway.blob import MemoryBlob
from gateway.images import ImageFormat, Picture
from gateway.imaging.errors import PictureError

# Named and loaded here: for one that it does not know yet, Pillow loads all the forty that it has.
_DECODERS = {
    ImageFormat.PNG: PngImagePlugin.PngImageFile.format,
    ImageFormat.JPEG: JpegImagePlugin.JpegImageFile.format,  # MPO too
    ImageFormat.WEBP: WebPImagePlugin.WebPImageFile.format,
    ImageFormat.GIF: GifImagePlugin.GifImageFile.format,
    ImageFormat.BMP: BmpImagePlugin.BmpImageFile.format,
}

# The gateway checks the header against its own limits before anybody comes here; Pillow's limit only warns.
Image.MAX_IMAGE_PIXELS = None


def decode(picture: Picture) -> Image.Image:
    """The first frame, upright (EXIF orientation applied), in mode L, LA, RGB or RGBA.

    Raises:
        PictureError: the data is damaged in a way that only decoding shows.
    """
    try:
        image = Image.open(io.BytesIO(picture.blob.read()), formats=[_DECODERS[picture.format]])
        image.load()
        return plain(ImageOps.exif_transpose(image))
    except Exception as error:  # decoders raise what they like: OSError, SyntaxError, ValueError, struct.error ...
        raise PictureError(f"The {picture.format.upper()} picture is damaged and cannot be decoded") from error


def plain(image: Image.Image) -> Image.Image:
    """`image` in one of the four modes that everything here works with."""
    if image.mode in {"L", "LA", "RGB", "RGBA"} and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        # Pillow cuts 16 bits off at 255 where it should scale them.
        return image.convert("I").point(lambda value: value / 257).convert("L")
    converted = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "CMYK":
        converted.info.pop("icc_profile", None)  # it speaks of inks
    return converted


def encode(image: Image.Image, format: ImageFormat, *, icc_profile: bytes | None = None) -> Picture:  # noqa: A002 - the field's word
    """`image` in `format` without metadata; transparency becomes white where the format has none."""
    image = flatten(image) if format is ImageFormat.JPEG else plain(image)
    if format is ImageFormat.WEBP and image.mode in {"L", "LA"}:
        image = image.convert("RGBA" if image.mode == "LA" else "RGB")
    buffer = io.BytesIO()
    match format:
        case ImageFormat.PNG:
            # Level 1 is five times as fast as the default and 8 % larger.
            image.save(buffer, "PNG", compress_level=1, icc_profile=icc_profile)
        case ImageFormat.JPEG:
            image.save(buffer, "JPEG", quality=92, icc_profile=icc_profile)
        case ImageFormat.WEBP:
            image.save(buffer, "WEBP", quality=90, method=2, icc_profile=icc_profile)
        case _:
            raise ValueError(f"{format} is not an output format")
    width, height = image.size
    return Picture(format=format, width=width, height=height, blob=MemoryBlob(buffer.getvalue()))


def flatten(image: Image.Image) -> Image.Image:
    """Transparent parts on white; RGB or L."""
    if not image.has_transparency_data:
        return image if image.mode in {"RGB", "L"} else image.convert("RGB")
    rgba = image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground
