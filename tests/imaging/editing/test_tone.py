from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

Edit = Callable[..., Image.Image]
GREY = Image.new("RGB", (1, 1), (100, 100, 100))


@pytest.mark.parametrize(
    ("instruction", "level"),
    [
        ("brighten", 130),
        ("brighten slightly", 115),
        ("brighten by 20%", 120),
        ("2x brighter", 200),
        ("darken", 70),
        ("set brightness to 50%", 50),
        ("3x brighter", 255),
        ("darken by 100%", 0),
    ],
)
def test_brightness_multiplies(edit: Edit, instruction: str, level: int) -> None:
    assert edit(instruction, GREY).getpixel((0, 0)) == (level, level, level)


@pytest.mark.parametrize(("instruction", "level"), [("more contrast", 89), ("less contrast", 111)])
def test_contrast_turns_around_the_middle(edit: Edit, instruction: str, level: int) -> None:
    assert edit(instruction, GREY).getpixel((0, 0)) == (level, level, level)
