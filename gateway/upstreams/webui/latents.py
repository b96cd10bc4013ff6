"""How large Stable Diffusion draws: sizes near those that a checkpoint was trained on; others give doubled heads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from gateway.images import AspectRatio, Picture

STEP = 8
"""Sides are multiples of this many pixels, which are one latent; the WebUI cuts others down without a word."""
SHORTEST_SIDE, LONGEST_SIDE = 64, 2048
"""The ends of the WebUI's own sliders. A strip of a picture is cropped to them, where it would fill the memory."""


class Family(StrEnum):
    """What a checkpoint descends from."""

    SD15 = "sd15"
    SDXL = "sdxl"
    """Also Flux and its like."""


SIZES: Mapping[Family, Mapping[AspectRatio, str]] = MappingProxyType(
    {
        Family.SD15: {
            AspectRatio.SQUARE: "512x512",
            AspectRatio.WIDE: "768x432",
            AspectRatio.TALL: "432x768",
            AspectRatio.LANDSCAPE: "640x480",
            AspectRatio.PORTRAIT: "480x640",
        },
        Family.SDXL: {
            AspectRatio.SQUARE: "1024x1024",
            AspectRatio.WIDE: "1344x768",
            AspectRatio.TALL: "768x1344",
            AspectRatio.LANDSCAPE: "1152x864",
            AspectRatio.PORTRAIT: "864x1152",
        },
    }
)
"""All within 3 % of their ratio, so that nothing is cropped afterwards."""


def sides(size: str) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = size.split("x")
    return int(width), int(height)


def _whole_latents(size: str) -> str:
    if any(side % STEP or not SHORTEST_SIDE <= side <= LONGEST_SIDE for side in sides(size)):
        raise ValueError(f"both sides are multiples of {STEP} from {SHORTEST_SIDE} to {LONGEST_SIDE}")
    return size


Size: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{2,4}x[0-9]{2,4}$"), AfterValidator(_whole_latents)]


def like(picture: Picture, square: tuple[int, int]) -> tuple[int, int]:
    """Sides in the shape of `picture`, with half of the pixels of `square` at least and as many at most."""
    most = square[0] * square[1]
    pixels = min(max(picture.width * picture.height, most // 2), most)
    scale = math.sqrt(pixels / (picture.width * picture.height))
    return _whole(picture.width * scale), _whole(picture.height * scale)


def _whole(side: float) -> int:
    return min(max(SHORTEST_SIDE, round(side / STEP) * STEP), LONGEST_SIDE)
