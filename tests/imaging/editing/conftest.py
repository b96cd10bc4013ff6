"""A picture like a photograph, and one call for an edit."""

from __future__ import annotations

from typing import Protocol

import pytest
from PIL import Image, ImageDraw

from gateway.imaging.editing import apply, parse

_HORIZON = 78


class Edit(Protocol):
    def __call__(
        self,
        instruction: str,
        image: Image.Image | None = None,
        *others: Image.Image,
        mask: Image.Image | None = None,
        variation: int = 0,
    ) -> Image.Image: ...


@pytest.fixture
def photo() -> Image.Image:
    """160x120: a blue sky that pales towards a horizon at 65 %, green ground, a house, a lamp."""
    image = Image.new("RGB", (160, 120), (70, 120, 50))
    pen = ImageDraw.Draw(image)
    for y in range(_HORIZON):
        pen.line((0, y, 160, y), fill=(70 + y, 130 + y // 2, 220))
    pen.rectangle((30, 62, 66, 100), fill=(180, 140, 110))
    pen.polygon([(26, 62), (70, 62), (48, 44)], fill=(140, 50, 40))
    pen.ellipse((110, 84, 126, 100), fill=(250, 240, 200))
    return image


@pytest.fixture
def edit(photo: Image.Image) -> Edit:
    """Read and apply an instruction, on the photo unless another picture is given."""

    def one(
        instruction: str,
        image: Image.Image | None = None,
        *others: Image.Image,
        mask: Image.Image | None = None,
        variation: int = 0,
    ) -> Image.Image:
        return apply(parse(instruction), [image or photo, *others], mask, variation=variation)

    return one
