from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageStat

from gateway.imaging.drawing import space
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View


def test_space_is_dark_and_has_stars(
    make_view: Callable[[], View], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    view = make_view()
    space.cosmos(view, None)
    assert sum(ImageStat.Stat(view.canvas.image).mean) < 3 * 100
    assert share_near(view.canvas.image, (255, 252, 244)) > 0


def test_a_planet_is_lit_from_one_side(make_view: Callable[[], View]) -> None:
    view = make_view()
    view.canvas.wash((0, 0, 0))
    space.planet(view, (240, 140, 60))
    grey = view.canvas.image.convert("L")
    left, top, right, bottom = grey.point([0] * 60 + [255] * 196).getbbox() or (0, 0, 0, 0)
    middle, half = (left + right) // 2, (right - left) // 6
    lit, dark = (ImageStat.Stat(grey.crop((x, top, x + half, bottom))).mean[0] for x in (middle - half, middle + 1))
    assert lit > dark


def test_the_earth_is_mostly_blue(make_view: Callable[[], View]) -> None:
    view = make_view()
    view.canvas.wash((0, 0, 0))
    space.earth(view, None)
    red, _, blue = ImageStat.Stat(view.canvas.image).mean
    assert blue > 1.3 * red
