"""What is done to the whole picture at the end: styles of printing, painting and photographing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

Finish = Callable[[Image.Image], Image.Image]


def cinematic(image: Image.Image) -> Image.Image:
    """Darker towards the corners, with a little more contrast."""
    corners = _vignette().resize(image.size, Image.Resampling.BILINEAR)
    return ImageChops.multiply(_curve(image, 1.06), corners)


def monochrome(image: Image.Image) -> Image.Image:
    return _curve(ImageOps.grayscale(image).convert("RGB"), 1.12)


def sepia(image: Image.Image) -> Image.Image:
    return cinematic(ImageOps.colorize(ImageOps.grayscale(image), (44, 28, 18), (255, 240, 208), (172, 128, 84)))


def pastel(image: Image.Image) -> Image.Image:
    soft = ImageEnhance.Color(image).enhance(0.72)
    return Image.blend(soft, Image.new("RGB", image.size, (255, 244, 240)), 0.26)


def vivid(image: Image.Image) -> Image.Image:
    return _curve(ImageEnhance.Color(image).enhance(1.35), 1.08)


def dreamy(image: Image.Image) -> Image.Image:
    """Light blooms out of bright places."""
    small = image.reduce(8).filter(ImageFilter.GaussianBlur(3))
    bloom = small.resize(image.size, Image.Resampling.BICUBIC)
    return Image.blend(image, ImageChops.screen(image, bloom), 0.42)


def pixels(image: Image.Image) -> Image.Image:
    """Few large pixels in few colours."""
    side = max(4, min(image.size) // 96)
    width, height = (max(1, length // side) for length in image.size)
    few = image.resize((width, height), Image.Resampling.BOX).quantize(
        28, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    return few.convert("RGB").resize(image.size, Image.Resampling.NEAREST)


def poster(image: Image.Image) -> Image.Image:
    """Flat areas in a few inks."""
    smooth = image.reduce(2).filter(ImageFilter.MedianFilter(5))
    inks = ImageEnhance.Color(smooth).enhance(1.3).quantize(14, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return inks.convert("RGB").resize(image.size, Image.Resampling.BICUBIC)


def oil(image: Image.Image) -> Image.Image:
    """Dabs of one colour, with the light catching their edges."""
    dabs = image.reduce(5).filter(ImageFilter.ModeFilter(5)).resize(image.size, Image.Resampling.BICUBIC)
    relief = ImageOps.grayscale(dabs).filter(ImageFilter.EMBOSS).filter(ImageFilter.BoxBlur(1))
    ridges = Image.merge("RGB", (relief, relief, relief))
    return ImageChops.overlay(ImageEnhance.Color(dabs).enhance(1.15), ridges)


def sketch(image: Image.Image) -> Image.Image:
    """Pencil on paper: grey divided by its own blurred negative."""
    grey = ImageOps.grayscale(image)
    blurred = grey.filter(ImageFilter.GaussianBlur(max(2.0, min(image.size) / 160)))
    # Dodging: where grey is darker than what surrounds it a line remains, and even areas become paper.
    lines = ImageChops.subtract(ImageChops.invert(grey), ImageChops.invert(blurred), scale=0.13)
    tone = Image.blend(ImageChops.invert(lines), grey, 0.16)
    return ImageOps.colorize(tone, (46, 44, 52), (250, 246, 236))


def watercolour(image: Image.Image) -> Image.Image:
    """Soft areas with darker edges on paper."""
    wash = image.reduce(3).filter(ImageFilter.MedianFilter(5)).resize(image.size, Image.Resampling.BICUBIC)
    edges = ImageOps.grayscale(image).filter(ImageFilter.GaussianBlur(1.2)).filter(ImageFilter.FIND_EDGES)
    darker = ImageChops.multiply(wash, ImageOps.colorize(ImageOps.invert(edges), (150, 140, 150), (255, 255, 255)))
    return Image.blend(darker, Image.new("RGB", image.size, (252, 248, 238)), 0.20)


def _curve(image: Image.Image, strength: float) -> Image.Image:
    """Contrast around the middle by a table, so that equal inputs give equal bytes everywhere."""
    table = [min(255, max(0, round(128 + (part - 128) * strength))) for part in range(256)]
    return image.point(table * 3)


@cache
def _vignette() -> Image.Image:
    """White in the middle, a third darker in the corners."""
    falloff = [round(255 * (1 - 0.38 * (part / 255) ** 2.4)) for part in range(256)]
    corners = Image.radial_gradient("L").point(falloff)
    return Image.merge("RGB", (corners, corners, corners))
