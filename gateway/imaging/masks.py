"""One mask convention inside the gateway: mode L, 255 where the picture may change.

What comes in says it in two ways: by transparency (OpenAI: transparent means change) or by brightness (white
means change). What goes out is said in the way of each backend.
"""

from __future__ import annotations

from enum import StrEnum

from PIL import Image, ImageOps

from gateway.images import ImageFormat, Picture
from gateway.imaging.codec import decode, encode
from gateway.imaging.errors import PictureError


def canonical(mask: Picture, size: tuple[int, int]) -> Image.Image:
    """The mask as L, 255 = change. Blocks.

    Raises:
        PictureError: its size is not that of the picture, or it is damaged.
    """
    require_size(mask, size)
    image = decode(mask)
    if image.has_transparency_data:
        return ImageOps.invert(image.getchannel("A"))
    return image.convert("L")


def require_size(mask: Picture, size: tuple[int, int]) -> None:
    if (mask.width, mask.height) != size:
        raise PictureError(
            f"The mask is {mask.width}x{mask.height}; it must have the size of the first picture, {size[0]}x{size[1]}"
        )


class Polarity(StrEnum):
    """How a backend wants to be told where the picture may change."""

    TRANSPARENT = "transparent"
    """RGBA, transparent means change: OpenAI, ComfyUI's LoadImage."""
    WHITE = "white"
    """L, white means change: Vertex, Stable Diffusion WebUI, LocalAI, stable-diffusion.cpp."""


def encode_mask(mask: Picture, size: tuple[int, int], polarity: Polarity) -> Picture:
    """`mask` as a PNG in the way of a backend. Blocks, and raises like `canonical`."""
    image = canonical(mask, size)
    if polarity is Polarity.TRANSPARENT:
        image, change = Image.new("RGBA", image.size, "black"), image
        image.putalpha(ImageOps.invert(change))
    return encode(image, ImageFormat.PNG)
