"""What one piece of work on a picture takes of memory, in a process of its own.

python -m support.picture_work KIND MEGAPIXELS WORK
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable
from functools import partial

from PIL import Image

from gateway.allocator import limit_memory
from gateway.images import AspectRatio, Fit, ImageFormat, Picture
from gateway.imaging import codec, costs
from gateway.imaging.conform import conform, fitted_size, upright
from gateway.imaging.limits import UNLIMITED
from gateway.imaging.masks import Polarity, encode_mask
from gateway.imaging.padding import padded
from gateway.imaging.reading import read_picture
from gateway.imaging.upscaling import upscale
from support.memory import Memory

_TILE = 4096
"""Pixels a side, after which the noise begins anew: an encoder that finds it again has it easier than with a photo."""
_WHOLE: dict[str, tuple[str, str, dict[str, object]]] = {
    "png": ("RGB", "PNG", {"compress_level": 1}),
    "png-transparent": ("RGBA", "PNG", {"compress_level": 1}),
    "png-palette": ("P", "PNG", {"compress_level": 1}),
    "png-keyed": ("RGB", "PNG", {"compress_level": 1, "transparency": (1, 2, 3)}),
    "png-16": ("I;16", "PNG", {"compress_level": 1}),
    "gif": ("P", "GIF", {}),
    "bmp": ("RGB", "BMP", {}),
    "jpeg": ("RGB", "JPEG", {"quality": 60}),
    "jpeg-inks": ("CMYK", "JPEG", {"quality": 60}),
    "jpeg-progressive": ("RGB", "JPEG", {"quality": 60, "progressive": True, "subsampling": 0}),
    "jpeg-inks-progressive": ("CMYK", "JPEG", {"quality": 60, "progressive": True, "subsampling": 0}),
    "webp": ("RGB", "WEBP", {"quality": 60, "method": 0}),
    "webp-transparent": ("RGBA", "WEBP", {"quality": 60, "method": 0}),
    "webp-lossless": ("RGB", "WEBP", {"lossless": True, "method": 0, "quality": 0}),
}
KINDS = tuple(_WHOLE)


def written(kind: str, megapixels: int) -> bytes:
    """A noisy picture of 4000 pixels in width, which as a JPEG lies on its side."""
    mode, form, options = _WHOLE[kind]
    image = _noise(mode, (4000, 250 * megapixels))
    if form == "JPEG":
        exif = Image.Exif()
        exif[0x112] = 6
        options = {**options, "exif": exif}
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def _noise(mode: str, size: tuple[int, int]) -> Image.Image:
    grey = Image.effect_noise((_TILE, _TILE), 40)
    tile = Image.merge("RGB", [grey.rotate(turn) for turn in (0, 90, 180)])
    match mode:
        case "P":
            tile = tile.quantize(64)
        case "I;16":
            tile = grey.convert("I").point(lambda level: level * 257).convert("I;16")
        case "RGBA":
            tile.putalpha(grey.rotate(270))
        case _:
            tile = tile.convert(mode)
    image = Image.new(mode, size)
    if (palette := tile.getpalette()) is not None:
        image.putpalette(palette)
    for left in range(0, size[0], _TILE):
        for top in range(0, size[1], _TILE):
            image.paste(tile, (left, top))
    return image


def job(work: str, picture: Picture) -> tuple[Callable[[], object], int]:
    """What is done, and the bytes that the gateway sets aside for it."""
    size = picture.width, picture.height
    words = work.split()
    form = ImageFormat(words[-1]) if words[-1] in set(ImageFormat) else ImageFormat.PNG
    match words:
        case ["upright", _]:
            return partial(upright, picture, frozenset({form})), costs.recoding(picture, ImageFormat.PNG)
        case ["convert", _]:
            return partial(conform, picture, form, None, Fit.NONE), costs.recoding(picture, form)
        case ["crop" | "pad" as fit, _]:
            ratio = AspectRatio.WIDE
            after = fitted_size(size, ratio, Fit(fit))
            return partial(conform, picture, form, ratio, Fit(fit)), costs.recoding(picture, form, after)
        case ["x2" | "x4" as factor, _]:
            times = int(factor[1])
            return partial(_upscaled, picture, times, form), costs.upscaling(picture, times, form)
        case ["mask"]:
            return partial(encode_mask, picture, size, Polarity.TRANSPARENT), costs.masking(picture)
        case ["padded"]:
            return partial(padded, picture, 64), costs.padding(picture)
        case _:
            raise ValueError(work)


def _upscaled(picture: Picture, times: int, form: ImageFormat) -> Picture:
    return codec.encode(upscale(codec.decode(picture), times), form)


def main() -> None:
    kind, megapixels, work = sys.argv[1], int(sys.argv[2]), " ".join(sys.argv[3:])
    limit_memory()
    codec.encode(Image.new("RGB", (8, 8)), ImageFormat.WEBP)  # load what is loaded once
    child, parent = os.pipe()
    if os.fork() == 0:  # making it leaves memory behind, which would be used again and not be counted
        with os.fdopen(parent, "wb") as pipe:
            pipe.write(written(kind, megapixels))
        os._exit(0)
    os.close(parent)
    with os.fdopen(child, "rb") as pipe:
        picture = read_picture(pipe.read(), UNLIMITED)
    os.wait()
    act, charged = job(work, picture)
    memory = Memory(os.getpid())
    before = memory.forget()
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    rise = memory.peak - before
    sys.stdout.write(f"{rise} {charged}\n")


if __name__ == "__main__":
    main()
