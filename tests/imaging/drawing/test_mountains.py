from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PIL import Image, ImageStat

from gateway.imaging.drawing import mountains
from gateway.imaging.drawing.light import NIGHT, SUNSET, Light
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

SIDE = 192


class MakeView(Protocol):
    def __call__(self, light: Light = ..., *, front: bool = ...) -> View: ...


def test_ridges_darken_towards_the_viewer(make_view: MakeView) -> None:
    view = make_view(SUNSET)
    mountains.mountains(view, None)
    grey = view.canvas.image.convert("L")
    bands = [ImageStat.Stat(grey.crop((0, top, SIDE, top + 10))).mean[0] for top in (100, 125, 150, 180)]
    assert bands == sorted(bands, reverse=True)
    assert bands[-1] < 60


def test_the_peaks_carry_snow(make_view: MakeView, share_near: Callable[[Image.Image, Colour], float]) -> None:
    view = make_view()
    view.canvas.wash((90, 140, 200))
    mountains.mountains(view, None)
    assert share_near(view.canvas.image.crop((0, 20, SIDE, 90)), (240, 246, 252)) > 0.005


def test_mountains_leave_the_ground_to_what_lies_before_them(make_view: MakeView) -> None:
    behind, before = make_view(front=False), make_view()
    mountains.mountains(behind, None)
    mountains.mountains(before, None)
    colours = [len(view.canvas.image.crop((0, 180, SIDE, SIDE)).getcolors(9999) or []) for view in (behind, before)]
    assert colours[0] == 1
    assert colours[1] > 1


def test_a_volcano_glows_at_night(make_view: MakeView, share_near: Callable[[Image.Image, Colour], float]) -> None:
    view = make_view(NIGHT)
    mountains.volcano(view, None)
    assert share_near(view.canvas.image, (255, 130, 70)) > 0.002
