"""Larger pictures by resampling: Lanczos, and the light sharpening that its softness asks for."""

from __future__ import annotations

from PIL import Image, ImageFilter

from gateway.imaging.codec import plain

_SHARPEN = {2: ImageFilter.UnsharpMask(radius=1.2, percent=45, threshold=2), 4: ImageFilter.UnsharpMask(2.4, 60, 2)}


def upscale(image: Image.Image, times: int) -> Image.Image:
    """`image` that many times as wide and as high, in mode L, LA, RGB or RGBA, transparency kept. Blocks.

    Holds about twice the pixels of the result while it runs; the caller bounds them. Colours under transparent
    pixels do not bleed into visible ones: Pillow resamples premultiplied.
    """
    image = plain(image)
    size = image.width * times, image.height * times
    larger = image.resize(size, Image.Resampling.LANCZOS)
    if not image.has_transparency_data:
        return larger.filter(_SHARPEN[times])
    sharp = larger.filter(_SHARPEN[times])
    sharp.putalpha(larger.getchannel("A"))  # sharpened alpha would draw a halo along soft edges
    return sharp
