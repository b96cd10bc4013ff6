"""Pixels in and out: the only place that decodes or encodes a picture. Everything here blocks."""

from __future__ import annotations

import io
from typing import IO, cast

from PIL import BmpImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from gateway.errors import GatewayError
from gateway.images import ImageFormat, Picture
from gateway.imaging.errors import PictureError
from gateway.imaging.output import Output
from gateway.imaging.strips import band_of, bands, each_band, is_large
from gateway.imaging.turning import upright

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


class _FirstFrame(WebPImagePlugin.WebPImageFile):
    """A WebP of which nobody asks for a second frame."""

    def load_prepare(self) -> None:
        del self._decoder  # which holds two canvases, eight bytes a pixel, and has given the pixels out
        super().load_prepare()


def decode(picture: Picture) -> Image.Image:
    """The first frame, upright (EXIF orientation applied), in mode L, LA, RGB or RGBA.

    Raises:
        PictureError: the data is damaged in a way that only decoding shows.
        Unavailable: it is large, and the disk is full.
    """
    try:
        image = _opened(picture)
        image.load()
        return plain(upright(image))
    except GatewayError:
        raise
    except Exception as error:  # decoders raise what they like: OSError, SyntaxError, ValueError, struct.error ...
        raise PictureError(f"The {picture.format.upper()} picture is damaged and cannot be decoded") from error


def _opened(picture: Picture) -> Image.Image:
    file = io.BytesIO(picture.blob.read())
    if picture.format is ImageFormat.WEBP:
        return _FirstFrame(file)
    return Image.open(file, formats=[_DECODERS[picture.format]])


def plain(image: Image.Image) -> Image.Image:
    """`image` in one of the four modes that everything here works with; a large one that is in another is used up."""
    if image.mode in {"L", "LA", "RGB", "RGBA"} and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return _in_eight_bits(image)
    if is_large(image.size):
        return each_band(image, plain)
    converted = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode == "CMYK":
        converted.info.pop("icc_profile", None)  # it speaks of inks
    return converted


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Pillow cuts 16 bits off at 255 where it should scale them; on the way there a pixel takes eight bytes."""
    result = Image.new("L", image.size)
    for top, bottom in bands(image.size):
        band = band_of(image, top, bottom).convert("I").point(lambda value: value / 257)
        result.paste(band.convert("L"), (0, top))
    result.info = {name: value for name, value in image.info.items() if name != "transparency"}  # a level of 16 bits
    return result


def encode(image: Image.Image, format: ImageFormat, *, icc_profile: bytes | None = None) -> Picture:  # noqa: A002 - the field's word
    """`image` in `format` without metadata; transparency becomes white where the format has none.

    A large image may be used up.

    Raises:
        Unavailable: the disk is full, and the result does not fit into memory.
    """
    image = flatten(image) if format is ImageFormat.JPEG else plain(image)
    if format is ImageFormat.WEBP and image.mode in {"L", "LA"}:
        image = image.convert("RGBA" if image.mode == "LA" else "RGB")
    output = Output()
    file = cast("IO[bytes]", output)  # of which Pillow only writes
    match format:
        case ImageFormat.PNG:
            # Level 1 is five times as fast as the default and 8 % larger.
            image.save(file, "PNG", compress_level=1, icc_profile=icc_profile)
        case ImageFormat.JPEG:
            image.save(file, "JPEG", quality=92, icc_profile=icc_profile)
        case ImageFormat.WEBP:
            image.save(file, "WEBP", quality=90, method=2, icc_profile=icc_profile)
        case _:
            raise ValueError(f"{format} is not an output format")
    width, height = image.size
    has_alpha = image.mode in {"LA", "RGBA"}
    return Picture(format=format, width=width, height=height, blob=output.finish(), has_alpha=has_alpha)


def flatten(image: Image.Image) -> Image.Image:
    """Transparent parts on white; RGB or L. A large image that is neither is used up."""
    if not image.has_transparency_data and image.mode in {"RGB", "L"}:
        return image
    if is_large(image.size):
        return each_band(image, flatten)
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", rgba.size, "white")
    ground.paste(rgba, mask=rgba.getchannel("A"))
    return ground
