from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.editing.meanings import Rgb

Edit = Callable[..., Image.Image]


def one(colour: Rgb) -> Image.Image:
    return Image.new("RGB", (1, 1), colour)


@pytest.mark.parametrize(
    ("instruction", "before", "after"),
    [
        ("desaturate by 100%", (200, 100, 0), (118, 118, 118)),
        ("invert", (1, 2, 3), (254, 253, 252)),
        ("hue shift by 120 degrees", (255, 0, 0), (0, 255, 0)),
        ("posterize to 2", (127, 128, 3), (0, 255, 0)),
        ("posterize to 3", (127, 128, 3), (128, 128, 0)),
        ("make it grey", (255, 0, 0), (76, 76, 76)),
        ("tint it red by 100%", (0, 0, 0), (0, 0, 0)),
        ("tint it red by 100%", (255, 255, 255), (255, 255, 255)),
        ("tint it blue by 100%", (127, 127, 127), (0, 0, 255)),
    ],
)
def test_colours(edit: Edit, instruction: str, before: Rgb, after: Rgb) -> None:
    assert edit(instruction, one(before)).getpixel((0, 0)) == pytest.approx(after, abs=2)


def test_slightly_grey_is_half_grey(edit: Edit) -> None:
    assert edit("make it slightly black and white", one((200, 100, 0))).getpixel((0, 0)) == (159, 109, 59)


def test_warm_and_cool_are_opposites(edit: Edit) -> None:
    warm, cool = (edit(word, one((100, 100, 100))).tobytes() for word in ("warmer", "cooler"))
    assert warm[0] > 100 > warm[2]
    assert cool[0] < 100 < cool[2]


def test_a_tint_keeps_shapes_readable(photo: Image.Image, edit: Edit) -> None:
    before, after = photo.convert("L"), edit("make it green").convert("L")
    darker, lighter = (48, 80), (20, 70)
    assert int(str(before.getpixel(darker))) < int(str(before.getpixel(lighter)))
    assert int(str(after.getpixel(darker))) < int(str(after.getpixel(lighter)))


@pytest.mark.parametrize("levels", [2, 3, 64])
def test_posterizing_varies_around_any_number(edit: Edit, photo: Image.Image, levels: int) -> None:
    pictures = {edit(f"posterize to {levels}", photo, variation=variation).tobytes() for variation in range(2)}
    assert len(pictures) == 2
