from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.composition import compose
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.reader import read

SIZE = (160, 160)


def _composed(prompt: str, index: int = 0) -> Image.Image:
    return compose(read(prompt), Chance("test", prompt), index, SIZE)


def _mean(image: Image.Image, top: float = 0.0, bottom: float = 1.0) -> list[float]:
    return ImageStat.Stat(image.crop((0, round(top * image.height), image.width, round(bottom * image.height)))).mean


def test_a_sunset_is_warm_above_and_dark_below() -> None:
    picture = _composed("A serene mountain landscape at sunset")
    red, _, blue = _mean(picture, 0.3, 0.55)
    assert red > blue + 40
    assert sum(_mean(picture, 0.85)) < 0.4 * sum(_mean(picture, 0.3, 0.55))


def test_a_golden_banana_stands_out_before_a_dim_wall(share_near: Callable[[Image.Image, Colour], float]) -> None:
    picture = _composed("A cinematic product photo of a golden banana on a marble table")
    assert share_near(picture, (232, 178, 44)) > 0.015
    assert sum(_mean(picture, 0.0, 0.3)) < 3 * 100
    assert sum(_mean(picture, 0.65, 0.75)) > 3 * 100


def test_night_is_darker_than_day() -> None:
    assert sum(_mean(_composed("a city at night"))) < 0.6 * sum(_mean(_composed("a city at noon")))


@pytest.mark.parametrize(
    ("prompt", "word"),
    [("a boat", "sea"), ("a cactus", "desert"), ("a fox", "forest"), ("an apple", "table"), ("a fish", "underwater")],
)
def test_things_without_surroundings_are_shown_at_home(
    prompt: str, word: str, distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    chance = Chance("home")
    alone, placed = (compose(read(text), chance, 0, SIZE) for text in (prompt, f"{prompt}, {word}"))
    assert distance(alone, placed) < 1


def test_tints_colour_the_whole_picture() -> None:
    red, _, blue = _mean(_composed("a landscape in crimson"), 0, 0.4)
    assert red > blue + 20


def test_a_table_by_the_sea_has_the_sea_behind_it(distance: Callable[[Image.Image, Image.Image], float]) -> None:
    indoors, outdoors = _composed("an apple on a table"), _composed("an apple on a table by the sea")
    assert distance(indoors.crop((0, 0, 160, 60)), outdoors.crop((0, 0, 160, 60))) > 10


def test_a_desert_in_space_keeps_its_ground() -> None:
    red, _, blue = _mean(_composed("a desert in outer space"), 0.8)
    deep_red, _, deep_blue = _mean(_composed("outer space"), 0.8)
    assert red - blue > deep_red - deep_blue


@pytest.mark.parametrize(
    "prompt", ["a landscape", "river", "rain", "moon", "stars", "autumn hills", "snowing", "earth"]
)
def test_single_words_make_whole_pictures(prompt: str) -> None:
    assert sum(ImageStat.Stat(_composed(prompt)).stddev) > 20


@pytest.mark.parametrize(
    "prompt", ["A cozy robot painting a banana in a sunlit studio", "mountains", "hello there", "a banana", "teal"]
)
def test_variations_are_pictures_of_their_own(
    prompt: str, distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    pictures = [_composed(prompt, index) for index in range(4)]
    pairs = [(one, other) for at, one in enumerate(pictures) for other in pictures[at + 1 :]]
    assert min(distance(one, other) for one, other in pairs) > 3
