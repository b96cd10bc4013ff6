"""One mask convention inside the gateway: mode L, 255 where the picture may change.

What comes in says it in two ways: by transparency (OpenAI: transparent means change) or by brightness (white
means change). What goes out is said in the way of each backend.
"""

from __future__ import annotations

from PIL import Image, ImageOps

from gateway.imaging.codec import decode
from gateway.imaging.errors import PictureError
from gateway.images import Picture


def canonical(mask: Picture, size: tuple[int, int]) -> Image.Image:
    """The mask as L, 255 = change. Blocks.

    Raises:
        PictureError: its size is not that of the picture, or it is damaged.
    """
    require_size(mask, size)
    image = decode(mask)
    if image.has_transparency_data:
        return ImageOps.invert(image.convert("RGBA").getchannel("A"))
    return image.convert("L")


def require_size(mask: Picture, size: tuple[int, int]) -> None:
    if (mask.width, mask.height) != size:
        raise PictureError(
            f"The mask is {mask.width}x{mask.height}; it must have the size of the first picture, {size[0]}x{size[1]}"
        )


def as_transparency(mask: Image.Image) -> Image.Image:
    """RGBA whose transparent part is to change: OpenAI and ComfyUI's LoadImage."""
    image = Image.new("RGBA", mask.size, (0, 0, 0, 255))
    image.putalpha(ImageOps.invert(mask))
    return image


def as_white(mask: Image.Image) -> Image.Image:
    """L whose white part is to change: Vertex, Stable Diffusion WebUI, LocalAI, stable-diffusion.cpp."""
    return mask
