"""Detail: blur and sharpness, grain, and pictures redrawn as lines or blocks."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter, ImageMath, ImageOps

from gateway.imaging.editing.curves import bend, table
from gateway.imaging.editing.noise import speckle
from gateway.imaging.editing.operation import Touch


def blur(image: Image.Image, touch: Touch) -> Image.Image:
    radius = touch.pixels(max(1.2, 0.008 * min(image.size)))
    return image.filter(ImageFilter.GaussianBlur(radius))


def sharpen(image: Image.Image, touch: Touch) -> Image.Image:
    radius = max(1.0, 0.0018 * min(image.size))
    return image.filter(ImageFilter.UnsharpMask(radius, round(170 * touch.strength(most=4)), 2))


def denoise(image: Image.Image, touch: Touch) -> Image.Image:
    """The middle brightness of each pixel and its neighbours: specks go, edges stay.

    Colours are only blurred a little: the eye hardly sees it, and it is a third of the work.
    """
    light, *colours = image.convert("YCbCr").split()
    light = light.filter(ImageFilter.MedianFilter(3))
    smooth = Image.merge("YCbCr", (light, *(channel.filter(ImageFilter.BoxBlur(1)) for channel in colours)))
    return Image.blend(image, smooth.convert("RGB"), touch.strength(0.9))


def grain(image: Image.Image, touch: Touch) -> Image.Image:
    """Film grain: the same speck on all three channels, so that it is light and not coloured."""
    reach = 0.5 * touch.strength(most=3)
    specks = speckle(image.size, f"grain/{touch.variation}")
    specks = specks.point(table(lambda level: 128 + (level - 128) * reach))
    return ImageChops.add(image, Image.merge("RGB", (specks, specks, specks)), 1, -128)


def edges(image: Image.Image, touch: Touch) -> Image.Image:
    """Light lines on black where the picture changes."""
    found = _filtered(image, ImageFilter.FIND_EDGES())
    strength = touch.strength(most=3)
    return bend(found, lambda level: level * 4 * strength).convert("RGB")


def sketch(image: Image.Image, touch: Touch) -> Image.Image:
    """Pencil on paper: each pixel against the brightness around it."""
    grey = image.convert("L").filter(ImageFilter.GaussianBlur(0.9))
    around = grey.filter(ImageFilter.GaussianBlur(max(1.5, 0.006 * min(image.size))))
    share = ImageMath.lambda_eval(lambda field: field["grey"] * 255 / (field["around"] + 1), grey=grey, around=around)
    darkness = 1.2 + 2.8 * touch.strength(0.6)
    lines = bend(share.convert("L"), lambda level: 255 * (level / 255) ** darkness)
    shading = bend(around, lambda level: 190 + 0.255 * level)
    return ImageChops.multiply(lines, shading).convert("RGB")


def emboss(image: Image.Image, touch: Touch) -> Image.Image:
    """Grey relief, lit from the top left."""
    relief = _filtered(image, ImageFilter.EMBOSS())
    strength = touch.strength(most=3)
    return ImageOps.autocontrast(bend(relief, lambda level: 128 + (level - 128) * 2 * strength)).convert("RGB")


def pixelate(image: Image.Image, touch: Touch) -> Image.Image:
    side = max(2, round(touch.pixels(max(4.0, 0.02 * min(image.size)))))
    blocks = [max(1, round(length / side)) for length in image.size]
    return image.resize(blocks, Image.Resampling.BOX).resize(image.size, Image.Resampling.NEAREST)


def _filtered(image: Image.Image, kernel: ImageFilter.Filter) -> Image.Image:
    """Grey, freed of the finest noise. Pillow's kernels leave the outermost pixels as they were: they are repeated."""
    found = image.convert("L").filter(ImageFilter.GaussianBlur(1)).filter(kernel)
    width, height = found.size
    if min(found.size) > 1:
        found.paste(found.crop((0, 1, width, 2)), (0, 0))
        found.paste(found.crop((0, height - 2, width, height - 1)), (0, height - 1))
        found.paste(found.crop((1, 0, 2, height)), (0, 0))
        found.paste(found.crop((width - 2, 0, width - 1, height)), (width - 1, 0))
    return found
