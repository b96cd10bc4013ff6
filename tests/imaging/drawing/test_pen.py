from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image, ImageOps

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.light import DAY, NIGHT
from gateway.imaging.drawing.outlines import box
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.pen import Pen

WHITE = (255, 255, 255)


@pytest.fixture
def pen() -> Pen:
    return Pen(canvas=Canvas((100, 100)), light=DAY, chance=Chance("pen"), x=50, y=80, size=40)


def test_a_thing_stands_on_its_foot_and_grows_upwards(pen: Pen) -> None:
    assert pen.at((0, 0)) == (50, 80)
    assert pen.at((0.5, 1)) == (70, 40)
    assert replace(pen, mirrored=True).at((0.5, 1)) == (30, 40)
    assert replace(pen, sunken=True).at((0.5, 1)) == (70, 120)
    assert replace(pen, turn=90).at((1, 0)) == pytest.approx((50, 40))


def test_a_part_has_its_own_foot_and_measure(pen: Pen) -> None:
    part = pen.part(0.5, 1, 0.5)
    assert (part.x, part.y, part.size) == (70, 40, 20)


def test_paint_is_dimmed_at_night_and_lamps_are_not(pen: Pen) -> None:
    night = replace(pen, light=NIGHT)
    night.fill(WHITE, box(-0.5, 0, 0, 1))
    night.shine(WHITE, box(0, 0, 0.5, 1))
    assert pen.canvas.image.getpixel((40, 60)) == NIGHT.on(WHITE)
    assert pen.canvas.image.getpixel((60, 60)) == WHITE


@pytest.mark.parametrize("paint", [Fade(((0, 0, 0), WHITE), across=True), Globe(WHITE, (0, 0, 0), 0.2, 0.5)])
def test_the_lit_side_is_mirrored_with_the_thing(pen: Pen, paint: Fade | Globe) -> None:
    pen.fill(paint, box(-0.5, 0, 0.5, 1))
    plain = pen.canvas.image.copy()
    replace(pen, mirrored=True).fill(paint, box(-0.5, 0, 0.5, 1))
    drawn = ImageOps.mirror(pen.canvas.image)
    assert abs(_level(drawn, 35) - _level(plain, 35)) < 12
    assert abs(_level(drawn, 35) - _level(plain, 65)) > 60


def test_a_shadow_lies_flat_around_the_foot(pen: Pen) -> None:
    pen.canvas.wash(WHITE)
    pen.shadow(0.5)
    assert _level(pen.canvas.image, 50, 80) < 200
    assert _level(pen.canvas.image, 50, 90) == 255


def test_a_glow_ignores_the_light(pen: Pen) -> None:
    replace(pen, light=NIGHT).glow(WHITE, 0, 0.5, 0.3, 1.0)
    assert _level(pen.canvas.image, 50) > 245


def _level(image: Image.Image, x: int, y: int = 60) -> int:
    level = image.convert("L").getpixel((x, y))
    assert isinstance(level, int)
    return level
