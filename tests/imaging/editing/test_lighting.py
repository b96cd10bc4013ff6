from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

Edit = Callable[..., Image.Image]
SKY, LINE, GROUND = (0, 0, 160, 20), (120, 66, 160, 76), (76, 84, 106, 120)


def mean(image: Image.Image, box: tuple[int, int, int, int]) -> list[float]:
    return ImageStat.Stat(image.crop(box)).mean


def test_sunset_is_golden_at_the_horizon_and_violet_above(edit: Edit) -> None:
    lit = edit("sunset")
    red, green, blue = mean(lit, LINE)
    assert red > green > blue + 40
    above = mean(lit, SKY)
    assert above[2] > above[1]


def test_sunset_takes_part_of_a_colour(edit: Edit) -> None:
    assert mean(edit("pink sunset"), LINE)[2] > mean(edit("sunset"), LINE)[2] + 20


def test_night_is_darkest_above_and_takes_colour_out(photo: Image.Image, edit: Edit) -> None:
    dark = edit("night")
    assert sum(mean(dark, SKY)) < sum(mean(dark, LINE))
    before, after = mean(photo, GROUND), mean(dark, GROUND)
    assert max(after) - min(after) < (max(before) - min(before)) / 3


def test_dawn_is_rose_and_hazy(photo: Image.Image, edit: Edit) -> None:
    lit = edit("dawn")
    assert mean(lit, LINE)[0] > mean(lit, LINE)[1]
    assert sum(mean(lit, GROUND)) > sum(mean(photo, GROUND))


@pytest.mark.parametrize(("place", "box"), [("left", (20, 15, 44, 34)), ("right", (116, 15, 140, 34))])
def test_flare_goes_where_it_is_put(photo: Image.Image, edit: Edit, place: str, box: tuple[int, int, int, int]) -> None:
    assert sum(mean(edit(f"lens flare on the {place}"), box)) > sum(mean(photo, box)) + 60


def test_vignette_has_a_colour_and_leaves_the_middle(photo: Image.Image, edit: Edit) -> None:
    red = edit("strong red vignette")
    assert mean(red, (0, 0, 8, 8))[0] > mean(photo, (0, 0, 8, 8))[0]
    assert red.getpixel((80, 60)) == photo.getpixel((80, 60))


def test_glow_spreads_from_what_is_bright(edit: Edit) -> None:
    dark = Image.new("RGB", (100, 100))
    dark.paste((255, 255, 255), (40, 40, 60, 60))
    glowing = edit("strong glow", dark)
    assert glowing.convert("L").getpixel((38, 50)) != 0
    assert glowing.getpixel((5, 5)) == (0, 0, 0)
