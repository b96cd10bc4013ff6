from __future__ import annotations

from collections.abc import Callable

from PIL import ImageStat

from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.reef import reef


def test_light_comes_from_above(make_view: Callable[[], View]) -> None:
    view = make_view()
    reef(view, None)
    top, deep = (ImageStat.Stat(view.canvas.image.crop((0, y, 192, y + 20))).mean for y in (0, 130))
    assert sum(top) > 1.5 * sum(deep)
    assert deep[2] > deep[0]


def test_the_sea_can_have_another_colour(make_view: Callable[[], View]) -> None:
    view = make_view()
    reef(view, (120, 60, 170))
    red, green, _ = ImageStat.Stat(view.canvas.image.crop((0, 40, 192, 130))).mean
    assert red > green
