"""Small copies of pictures, for a glance."""

from __future__ import annotations

from PIL import Image

from gateway.images import ImageFormat, Picture
from gateway.imaging.codec import decode, encode


def preview(picture: Picture, longest_side: int) -> Picture:
    """A JPEG no wider and no higher than `longest_side` pixels. Blocks.

    Raises:
        PictureError: the picture is damaged.
    """
    image = decode(picture)
    image.thumbnail((longest_side, longest_side), Image.Resampling.BICUBIC)
    return encode(image, ImageFormat.JPEG)
