from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from gateway.imaging.drawing import food
from gateway.imaging.drawing.palette import Colour

YELLOW, GREEN = (250, 212, 56), (92, 152, 70)


def test_a_banana_is_yellow_and_lies_on_its_back(
    sketch: Callable[..., Image.Image],
    inked: Callable[[Image.Image], tuple[int, int, int, int]],
    share_near: Callable[[Image.Image, Colour], float],
) -> None:
    picture = sketch(food.banana, YELLOW)
    left, top, right, bottom = inked(picture)
    assert right - left > 1.3 * (bottom - top)
    assert share_near(picture, YELLOW) > 0.03
    assert picture.getpixel((96, 96)) == (255, 255, 255), "the inside of the curve is not empty"


def test_an_apple_has_a_green_leaf_whatever_its_colour(
    sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    assert share_near(sketch(food.apple, (206, 44, 49)).crop((96, 40, 192, 80)), GREEN) > 0.01
