"""Pixels as the operations want them: RGB, or RGBA where something is transparent."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from gateway.imaging.codec import plain


def canonical(image: Image.Image) -> Image.Image:
    """RGB or RGBA with the same look. The image itself where it is that already."""
    image = plain(image)
    if image.mode in {"RGB", "RGBA"}:
        return image
    return image.convert("RGBA" if image.mode == "LA" else "RGB")


def on_colours(image: Image.Image, paint: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Paint on the colours alone; transparency stays as it is."""
    if image.mode != "RGBA":
        return paint(image)
    painted = paint(image.convert("RGB"))
    painted.putalpha(image.getchannel("A"))
    return painted
