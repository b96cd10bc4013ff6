from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

Edit = Callable[..., Image.Image]
WHITE = Image.new("RGB", (50, 50), "white")
BLACK = Image.new("RGB", (100, 80))


@pytest.mark.parametrize(
    ("instruction", "width"),
    [
        ("border", 4),
        ("a border of 10 pixels", 10),
        ("a border of 25%", 20),
        ("a thick border", 5),
        ("a thin border", 2),
    ],
)
def test_border_has_a_width_and_keeps_the_size(edit: Edit, instruction: str, width: int) -> None:
    framed = edit(instruction, BLACK)
    assert framed.size == BLACK.size
    row = [framed.getpixel((x, 40)) for x in range(width + 1)]
    assert row == [(255, 255, 255)] * width + [(0, 0, 0)]


@pytest.mark.parametrize(("instruction", "level"), [("double exposure", 127), ("double exposure at 20%", 51)])
def test_second_picture_covers_the_first_in_part(edit: Edit, instruction: str, level: int) -> None:
    blended = edit(instruction, BLACK, WHITE)
    assert blended.size == BLACK.size
    assert set(blended.tobytes()) <= {level, level + 1}


@pytest.mark.parametrize(("place", "point"), [("top left", (8, 8)), ("bottom right", (92, 72)), ("centre", (50, 40))])
def test_second_picture_goes_into_a_place(edit: Edit, place: str, point: tuple[int, int]) -> None:
    inset = edit(f"put the second image in the {place}", BLACK, WHITE)
    assert inset.getpixel(point) == (255, 255, 255)
    assert inset.tobytes().count(255) == 29 * 29 * 3


def test_transparent_parts_of_the_second_picture_show_nothing(edit: Edit) -> None:
    clear = Image.new("RGBA", (50, 50), (255, 255, 255, 0))
    assert edit("double exposure", BLACK, clear).tobytes() == BLACK.tobytes()
    assert edit("put the second image in the top left", BLACK, clear).tobytes() == BLACK.tobytes()


def test_further_pictures_are_not_used(edit: Edit) -> None:
    assert edit("double exposure", BLACK, WHITE, BLACK).tobytes() == edit("double exposure", BLACK, WHITE).tobytes()
