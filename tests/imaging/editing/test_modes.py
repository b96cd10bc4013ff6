from __future__ import annotations

import pytest
from PIL import Image, ImageOps

from gateway.imaging.editing.modes import canonical, on_colours


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I"])
def test_sixteen_bits_are_scaled_and_not_clipped(mode: str) -> None:
    deep = Image.new("I", (1, 1), 257 * 100)
    if mode != "I":
        deep = deep.convert(mode)
    assert canonical(deep).getpixel((0, 0)) == (100, 100, 100)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_what_is_right_is_not_copied(mode: str) -> None:
    image = Image.new(mode, (1, 1))
    assert canonical(image) is image


def test_a_transparent_palette_becomes_alpha() -> None:
    image = Image.new("P", (1, 1), 3)
    image.info["transparency"] = 3
    assert canonical(image).getpixel((0, 0))[3] == 0  # type: ignore[index] # RGBA


def test_paints_colours_and_keeps_alpha() -> None:
    image = Image.new("RGBA", (1, 1), (10, 20, 30, 7))
    assert on_colours(image, ImageOps.invert).getpixel((0, 0)) == (245, 235, 225, 7)
