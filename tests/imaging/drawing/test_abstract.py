from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing.abstract import COMPOSITIONS, Composition
from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.palette import harmony


def _composed(paint: Composition, key: str = "a", size: tuple[int, int] = (160, 160)) -> Image.Image:
    canvas = Canvas(size)
    paint(canvas, harmony(Chance("palette")), Chance(key))
    return canvas.image


@pytest.mark.parametrize("paint", COMPOSITIONS)
@pytest.mark.parametrize("size", [(160, 160), (175, 100), (100, 175)])
def test_compositions_fill_every_shape(paint: Composition, size: tuple[int, int]) -> None:
    picture = _composed(paint, size=size)
    assert picture.size == size
    assert sum(ImageStat.Stat(picture).stddev) > 20


@pytest.mark.parametrize("paint", COMPOSITIONS)
def test_compositions_differ_by_their_chance_alone(
    paint: Composition, distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    assert _composed(paint).tobytes() == _composed(paint).tobytes()
    assert distance(_composed(paint), _composed(paint, "b")) > 1.5


def test_no_two_compositions_look_alike(distance: Callable[[Image.Image, Image.Image], float]) -> None:
    pictures = [_composed(paint) for paint in COMPOSITIONS]
    assert min(distance(one, other) for one, other in combinations(pictures, 2)) > 10
