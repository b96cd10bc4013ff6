"""Pictures to hand in, made on the spot."""

from __future__ import annotations

import base64
import io
from typing import Any, TypeAlias

from PIL import Image, ImageDraw, PngImagePlugin

Size: TypeAlias = tuple[int, int]

SECRET = "a prompt that nobody else should read"
ORIENTATION, MAKE, DESCRIPTION, GPS = 0x0112, 0x010F, 0x010E, 0x8825


def plain(size: Size = (64, 48), colour: Any = "red", form: str = "PNG", mode: str = "RGB") -> bytes:
    """One colour all over."""
    return encoded(Image.new(mode, size, colour), form)


def quarters(size: Size = (64, 48), form: str = "PNG", **options: Any) -> bytes:
    """Red, green, blue and white, from the upper left in reading order: shows how a picture was turned or cut."""
    width, height = size
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    pen.rectangle((width // 2, 0, width - 1, height // 2 - 1), fill="lime")
    pen.rectangle((0, height // 2, width // 2 - 1, height - 1), fill="blue")
    return encoded(image, form, **options)


def photograph(size: Size = (640, 480), orientation: int = 1) -> bytes:
    """A JPEG as a telephone makes it: soft light, grain, and EXIF that tells the camera and the place."""
    light = Image.linear_gradient("L").resize(size)
    grain = Image.effect_noise(size, 24)
    image = Image.merge("RGB", (light, grain, Image.radial_gradient("L").resize(size)))
    return encoded(image, "JPEG", quality=85, exif=camera_exif(orientation), comment=SECRET.encode())


def camera_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKE] = "Kamera GmbH"
    exif[DESCRIPTION] = SECRET
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif


def telling_png(size: Size) -> bytes:
    """A PNG as image generators write it, with the prompt and the workflow in text chunks."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", SECRET)
    notes.add_itxt("workflow", SECRET, zip=True)
    return encoded(Image.effect_noise(size, 60).convert("RGB"), "PNG", pnginfo=notes, exif=camera_exif())


def mpo(size: Size = (32, 24)) -> bytes:
    """Two JPEGs in one file, as some cameras write them."""
    first, second = Image.new("RGB", size, "red"), Image.new("RGB", size, "blue")
    return encoded(first, "MPO", save_all=True, append_images=[second])


def alpha_mask(size: Size, change: tuple[int, int, int, int]) -> bytes:
    """Transparent in the box that may change, opaque elsewhere."""
    mask = Image.new("RGBA", size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), change)
    return encoded(mask, "PNG")


def white_mask(size: Size, change: tuple[int, int, int, int]) -> bytes:
    """White in the box that may change, black elsewhere."""
    mask = Image.new("L", size, 0)
    mask.paste(255, change)
    return encoded(mask, "PNG")


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def text(data: bytes) -> str:
    """Bare base64."""
    return base64.b64encode(data).decode()


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{text(data)}"
