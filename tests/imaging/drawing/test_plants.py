from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from gateway.imaging.drawing import plants
from gateway.imaging.drawing.palette import Colour

BLOSSOM, STALK = (248, 120, 180), (86, 140, 72)


def test_flowers_keep_green_stalks(
    sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    for flower in (plants.flower, plants.tulip, plants.sunflower):
        assert share_near(sketch(flower, BLOSSOM).crop((48, 110, 144, 165)), STALK) > 0.01


def test_a_bouquet_is_wider_than_one_flower(
    sketch: Callable[..., Image.Image], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    one, many = (inked(sketch(paint, BLOSSOM)) for paint in (plants.flower, plants.bouquet))
    assert many[2] - many[0] > 1.25 * (one[2] - one[0])
