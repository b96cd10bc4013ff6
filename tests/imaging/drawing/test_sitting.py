from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PIL import Image

from gateway.imaging.drawing.sitting import BEAR, CAT, DOG, FOX, PANDA, RABBIT, Build, sitting

BUILDS = {"cat": CAT, "dog": DOG, "fox": FOX, "rabbit": RABBIT, "bear": BEAR, "panda": PANDA}
COAT = (214, 150, 96)


@pytest.mark.parametrize(("one", "other"), list(combinations(BUILDS, 2)))
def test_animals_of_one_coat_can_be_told_apart(
    one: str,
    other: str,
    sketch: Callable[..., Image.Image],
    distance: Callable[[Image.Image, Image.Image], float],
) -> None:
    pictures = [sketch(sitting(BUILDS[name]), COAT) for name in (one, other)]
    assert distance(*pictures) > 1


def test_a_rabbit_has_the_longest_ears(
    sketch: Callable[..., Image.Image], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    tops = {name: inked(sketch(sitting(build), COAT))[1] for name, build in BUILDS.items()}
    assert min(tops, key=lambda name: tops[name]) == "rabbit"


@pytest.mark.parametrize("build", [CAT, FOX])
def test_a_tail_reaches_to_one_side(
    build: Build, sketch: Callable[..., Image.Image], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    left, _, right, _ = inked(sketch(sitting(build), COAT))
    assert right - 96 > 96 - left
