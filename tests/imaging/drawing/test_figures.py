from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from gateway.imaging.drawing import figures
from gateway.imaging.drawing.light import NIGHT
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

EYES = (110, 232, 250)


def test_the_eyes_of_a_robot_shine_at_night(
    sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    assert share_near(sketch(figures.robot, (240, 150, 82), NIGHT), EYES) > 0.004


def test_a_robot_raises_the_hand_that_holds_the_brush(make_view: Callable[[], View]) -> None:
    view = make_view()
    pen = view.pen(96, 160, 110)
    figures.robot(pen, (240, 150, 82))
    x, y = pen.at((0.42, 0.52))
    assert view.canvas.image.getpixel((round(x), round(y))) != (255, 255, 255)


def test_an_astronaut_wears_white(
    sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    assert share_near(sketch(figures.astronaut, (236, 120, 60)).crop((80, 80, 112, 150)), (244, 244, 248)) > 0.2
