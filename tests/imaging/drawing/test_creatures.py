from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.drawing import creatures
from gateway.imaging.drawing.motifs import Figure
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.sitting import CREAM

COAT = (56, 64, 150)


@pytest.mark.parametrize("creature", [creatures.penguin, creatures.owl, creatures.fish])
def test_light_patches_stay_light(
    creature: Figure, sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    drawn = sketch(creature, COAT).crop((60, 60, 132, 160))
    assert share_near(drawn, CREAM) > 0.05
    assert share_near(drawn, COAT) > 0.02


def test_a_horse_is_longer_than_tall(
    sketch: Callable[..., Image.Image], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    left, top, right, bottom = inked(sketch(creatures.horse, COAT))
    assert right - left > bottom - top


def test_butterflies_are_the_same_on_both_sides(
    sketch: Callable[..., Image.Image], distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    butterfly = sketch(creatures.butterfly, COAT)
    assert distance(butterfly, butterfly.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) < 4
