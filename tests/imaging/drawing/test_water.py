from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing import water
from gateway.imaging.drawing.light import DAY, FOG, SUNSET, Light
from gateway.imaging.drawing.motifs import Backdrop
from gateway.imaging.drawing.outlines import box
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.sky import heavens

SIDE = 192


def test_a_lake_mirrors_the_far_bank_better_than_the_sea(make_view: Callable[[], View]) -> None:
    redness = []
    for paint in (water.lake, water.sea):
        view = make_view()
        view.canvas.fill((255, 0, 0), box(140, 60, 190, 96))
        paint(view, None)
        red, green, _ = ImageStat.Stat(view.canvas.image.crop((145, 100, 185, 115))).mean
        redness.append(red - green)
    assert redness[0] > redness[1] > -60
    assert redness[0] > 20


@pytest.mark.parametrize(("light", "glitters"), [(SUNSET, True), (FOG, False)], ids=["sunset", "fog"])
def test_the_sun_leaves_a_path_on_the_sea_when_it_can_be_seen(
    light: Light, *, glitters: bool, make_view: Callable[[Light], View]
) -> None:
    view = make_view(light)
    heavens(view)
    water.sea(view, None)
    grey = view.canvas.image.convert("L")
    below, aside = (ImageStat.Stat(grey.crop((x, 110, x + 16, 180))).mean[0] for x in (50, 150))
    assert (below > aside + 10) is glitters


@pytest.mark.parametrize("paint", [water.sea, water.lake, water.river])
def test_water_takes_the_colour_it_is_given(
    paint: Backdrop, make_view: Callable[[Light], View], distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    views = [make_view(DAY), make_view(DAY)]
    for view, colour in zip(views, ((200, 40, 40), (40, 200, 40)), strict=True):
        paint(view, colour)
    assert distance(views[0].canvas.image, views[1].canvas.image) > 3


def test_a_beach_ends_in_sand(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    water.beach(view, None)
    red, _, blue = ImageStat.Stat(view.canvas.image.crop((0, 180, SIDE, SIDE))).mean
    sea_red, _, sea_blue = ImageStat.Stat(view.canvas.image.crop((120, 105, SIDE, 125))).mean
    assert red > blue + 30
    assert sea_blue > sea_red
