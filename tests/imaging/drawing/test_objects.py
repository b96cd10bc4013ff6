from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.drawing import objects
from gateway.imaging.drawing.light import DAY, NIGHT
from gateway.imaging.drawing.motifs import Figure
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

FLAME = (255, 220, 130)


@pytest.mark.parametrize("lamp", [objects.candle, objects.campfire, objects.lantern])
def test_flames_are_as_bright_at_night(
    lamp: Figure, sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    by_day, by_night = (share_near(sketch(lamp, (236, 92, 40), light), FLAME) for light in (DAY, NIGHT))
    assert by_night == pytest.approx(by_day, rel=0.25)
    assert by_night > 0


def test_an_easel_has_room_for_a_picture(make_view: Callable[[], View]) -> None:
    view = make_view()
    pen = view.pen(96, 160, 120)
    objects.easel(pen, (250, 246, 236))
    left, top = pen.at((-0.3, 0.85))
    right, bottom = pen.at((0.3, 0.4))
    paper = view.canvas.image.crop((round(left), round(top), round(right), round(bottom))).convert("L")
    assert min(paper.tobytes()) > 230


def test_a_brush_is_wet_at_its_tip(make_view: Callable[[], View]) -> None:
    view = make_view()
    objects.brush(view.pen(150, 96, 100), (40, 60, 220))
    assert view.canvas.image.getpixel((146, 96)) == (40, 60, 220)
