from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing import land
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.light import NIGHT, Light
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

SIDE = 192


def _mean(image: Image.Image) -> list[float]:
    return ImageStat.Stat(image.crop((0, SIDE * 3 // 4, SIDE, SIDE))).mean


def test_the_season_colours_the_hills(make_view: Callable[[], View]) -> None:
    summer, autumn = make_view(), make_view()
    land.hills(summer, None)
    land.hills(autumn, (222, 126, 46))
    assert _mean(summer.canvas.image)[1] > _mean(summer.canvas.image)[0]
    assert _mean(autumn.canvas.image)[0] > _mean(autumn.canvas.image)[1]


def test_snow_is_lighter_than_a_meadow_even_at_night(make_view: Callable[[Light], View]) -> None:
    snow, meadow = make_view(NIGHT), make_view(NIGHT)
    land.snowfield(snow, None)
    land.field(meadow, None)
    assert sum(_mean(snow.canvas.image)) > sum(_mean(meadow.canvas.image))


def test_dunes_have_a_lit_and_a_shaded_side(make_view: Callable[[], View]) -> None:
    view = make_view()
    land.desert(view, None)
    levels = view.canvas.image.crop((0, SIDE // 2, SIDE, SIDE)).convert("L").histogram()
    assert sum(levels[:150]) > 100
    assert sum(levels[180:]) > 500


def test_flowers_take_the_colour_they_are_given(
    make_view: Callable[[], View], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    view = make_view()
    land.flowers(view, (128, 74, 190))
    assert share_near(view.canvas.image, (128, 74, 190)) > 0.01


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_winding_band_narrows_towards_the_horizon(name: str, make_view: Callable[[], View]) -> None:
    view = make_view()
    band = land.winding(view, Chance(name), 60)
    half = len(band) // 2
    widths = [right[0] - left[0] for left, right in zip(band[:half], band[half:][::-1], strict=True)]
    assert widths == sorted(widths)
    assert band[0][1] == view.horizon
    assert max(y for _, y in band) > SIDE


def test_a_shore_covers_everything_below_it(make_view: Callable[[], View]) -> None:
    view = make_view()
    land.shore(view, (96, 124, 84), 120)
    assert view.canvas.image.getpixel((96, 80)) == (255, 255, 255)
    below = view.canvas.image.crop((0, 140, SIDE, SIDE)).getcolors(9999)
    assert below is not None
    assert (255, 255, 255) not in {colour for _, colour in below}
