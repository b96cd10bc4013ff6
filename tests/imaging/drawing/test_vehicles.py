from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PIL import Image

from gateway.imaging.drawing import vehicles
from gateway.imaging.drawing.palette import Colour


def test_a_car_stands_on_two_wheels(sketch: Callable[..., Image.Image]) -> None:
    row = sketch(vehicles.car, (206, 50, 54)).convert("L").crop((0, 157, 192, 158)).tobytes()
    edges = sum(1 for left, right in pairwise(row) if (left < 60) != (right < 60))
    assert edges == 4


def test_flames_under_a_rocket_burn_in_any_colour(
    sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    for colour in ((220, 40, 40), (40, 60, 220)):
        assert share_near(sketch(vehicles.rocket, colour).crop((80, 160, 112, 190)), (255, 190, 90)) > 0.05
