from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing import sky
from gateway.imaging.drawing.light import DAY, FOG, NIGHT, SUNSET, Light
from gateway.imaging.drawing.motifs import Backdrop
from gateway.imaging.drawing.pen import View

SIDE = 192


def test_the_sun_is_where_the_view_says(make_view: Callable[[], View]) -> None:
    view = make_view()
    sky.heavens(view)
    assert view.canvas.image.getpixel((round(view.sun[0]), round(view.sun[1]))) == pytest.approx(
        (255, 250, 232), abs=14
    )


@pytest.mark.parametrize("light", [FOG, replace(NIGHT, clear=False)], ids=["fog", "rainy night"])
def test_a_covered_sky_shows_neither_sun_nor_stars(light: Light, make_view: Callable[[Light], View]) -> None:
    view = make_view(light)
    sky.heavens(view)
    rows = [view.canvas.image.crop((0, y, SIDE, y + 1)) for y in range(0, 90, 10)]
    assert all(len(row.getcolors() or []) == 1 for row in rows)


def test_stars_come_out_at_night_only(make_view: Callable[[Light], View]) -> None:
    spread = []
    for light in (DAY, NIGHT):
        view = make_view(light)
        sky.heavens(view, bare=True)
        spread.append(sum(ImageStat.Stat(view.canvas.image.crop((0, 0, SIDE, 20))).stddev))
    assert spread[1] > 2 * spread[0]


def test_a_rainbow_has_its_colours_in_order(make_view: Callable[[], View]) -> None:
    view = make_view()
    sky.rainbow(view, None)
    x = SIDE // 2
    column = [view.canvas.image.getpixel((x, y)) for y in range(SIDE)]
    painted = [pixel for pixel in column if isinstance(pixel, tuple) and pixel != (255, 255, 255)]
    warmth = [pixel[0] - pixel[2] for pixel in painted]
    assert warmth[len(warmth) // 6] > 0 > warmth[-len(warmth) // 6]


def test_clouds_are_heaps_by_day_and_streaks_in_the_evening(
    make_view: Callable[[Light], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    views = [make_view(light) for light in (DAY, SUNSET)]
    for view in views:
        sky.clouds(view, (10, 10, 10))
    heaps, streaks = (view.canvas.image for view in views)
    assert heaps.tobytes() != streaks.tobytes()
    assert inked(streaks)[2] - inked(streaks)[0] > SIDE * 0.8


@pytest.mark.parametrize("falling", [sky.rain, sky.snowfall])
def test_rain_and_snow_fall_over_the_whole_picture(
    falling: Backdrop, make_view: Callable[[], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    view = make_view()
    falling(view, (0, 0, 0))
    left, top, right, bottom = inked(view.canvas.image)
    assert right - left > SIDE * 0.9
    assert bottom - top > SIDE * 0.9


@pytest.mark.parametrize("mark", [sky.aurora, sky.fireworks, sky.comet, sky.birds, sky.rainbow])
def test_what_is_in_the_sky_stays_above_the_horizon(
    mark: Backdrop, make_view: Callable[[], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    view = make_view()
    mark(view, None)
    assert inked(view.canvas.image)[3] < SIDE * 0.62
