from __future__ import annotations

import pytest
from PIL import ImageStat

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.outlines import box, circle

WHITE, RED = (255, 255, 255), (255, 0, 0)


@pytest.fixture
def canvas() -> Canvas:
    return Canvas((100, 80))


def test_a_filled_box_covers_its_pixels_and_no_others(canvas: Canvas) -> None:
    canvas.fill(RED, box(10, 20, 40, 60))
    assert canvas.image.getbbox() == (10, 20, 40, 60)
    assert canvas.image.crop((10, 20, 40, 60)).getcolors() == [(30 * 40, RED)]


def test_edges_are_neither_on_nor_off(canvas: Canvas) -> None:
    canvas.fill(WHITE, circle(50, 40, 30))
    levels = {level for level, count in enumerate(canvas.image.convert("L").histogram()) if count}
    assert len(levels) > 10
    assert {0, 255} <= levels


def test_what_lies_outside_of_the_picture_is_not_painted(canvas: Canvas) -> None:
    canvas.fill(WHITE, circle(-200, -200, 50))
    canvas.glow(WHITE, (500, 500), 20, 20)
    canvas.wash(WHITE, 90)
    canvas.fill(WHITE)
    assert canvas.image.getbbox() is None


def test_opacity_lets_the_ground_through(canvas: Canvas) -> None:
    canvas.fill(WHITE, box(0, 0, 100, 80), opacity=0.5)
    assert canvas.image.getpixel((50, 40)) == pytest.approx((128, 128, 128), abs=1)


def test_within_cuts_away_the_rest(canvas: Canvas) -> None:
    canvas.fill(WHITE, box(0, 0, 100, 80), within=box(20, 20, 40, 40))
    assert canvas.image.getbbox() == (20, 20, 40, 40)


@pytest.mark.parametrize("soft", [1.0, 3.0, 9.0])
def test_soft_edges_reach_about_as_far_as_their_radius(canvas: Canvas, soft: float) -> None:
    canvas.fill(WHITE, box(40, 0, 100, 80), soft=soft)
    row = canvas.image.convert("L").crop((0, 40, 100, 41)).tobytes()
    faint = next(x for x, level in enumerate(row) if level)
    assert 40 - 3 * soft - 1 <= faint <= 40 - soft
    assert row[39] < row[41]


def test_a_glow_fades_to_nothing(canvas: Canvas) -> None:
    canvas.glow(WHITE, (50, 40), 30, 20)
    assert canvas.image.getpixel((50, 40)) == pytest.approx(WHITE, abs=2)
    assert canvas.image.getpixel((19, 40)) == (0, 0, 0)
    assert canvas.image.getpixel((50, 61)) == (0, 0, 0)


def test_water_mirrors_what_stands_above_it(canvas: Canvas) -> None:
    canvas.fill(RED, box(0, 30, 100, 40))
    canvas.reflect(40, 80, 40, 1.0)
    near, far = (ImageStat.Stat(canvas.image.crop((0, top, 100, top + 8))).mean[0] for top in (41, 65))
    assert near > 150
    assert far < 10


def test_nothing_is_mirrored_where_there_is_nothing(canvas: Canvas) -> None:
    before = canvas.image.tobytes()
    canvas.reflect(0, 80, 40, 1.0)
    canvas.reflect(79, 79, 40, 1.0)
    assert canvas.image.tobytes() == before


def test_blurring_keeps_the_size_and_the_light(canvas: Canvas) -> None:
    canvas.fill(WHITE, box(30, 20, 70, 60))
    sharp = canvas.image
    canvas.blur(6)
    assert canvas.image.size == sharp.size
    assert ImageStat.Stat(canvas.image).mean[0] == pytest.approx(ImageStat.Stat(sharp).mean[0], rel=0.1)
