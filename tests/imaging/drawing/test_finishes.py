from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageStat

from gateway.imaging.drawing import draw, finishes
from gateway.imaging.drawing.finishes import Finish

ALL = (
    finishes.cinematic,
    finishes.monochrome,
    finishes.sepia,
    finishes.pastel,
    finishes.vivid,
    finishes.dreamy,
    finishes.pixels,
    finishes.poster,
    finishes.oil,
    finishes.sketch,
    finishes.watercolour,
)


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return draw("a red apple in a meadow", seed=0, index=0, size=(192, 144))


@pytest.mark.parametrize("finish", ALL)
def test_a_finish_keeps_the_size_and_changes_the_look(
    finish: Finish, picture: Image.Image, distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    done = finish(picture)
    assert (done.size, done.mode) == (picture.size, "RGB")
    assert distance(done, picture) > 1.5
    assert done.tobytes() == finish(picture).tobytes()


def test_monochrome_has_no_colour(picture: Image.Image) -> None:
    red, green, blue = finishes.monochrome(picture).split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()


def test_vivid_and_pastel_pull_apart(picture: Image.Image) -> None:
    def saturation(image: Image.Image) -> float:
        return ImageStat.Stat(image.convert("HSV")).mean[1]

    assert saturation(finishes.pastel(picture)) < saturation(picture) < saturation(finishes.vivid(picture))


def test_corners_of_a_film_are_darker() -> None:
    film = finishes.cinematic(Image.new("RGB", (120, 80), (200, 200, 200))).convert("L").tobytes()
    assert film[0] < film[40 * 120 + 60] - 20


def test_pixels_are_large_and_few_coloured(picture: Image.Image) -> None:
    done = finishes.pixels(picture)
    assert len(done.getcolors() or []) <= 28
    assert done.crop((0, 0, 4, 4)).getcolors() is not None
    assert len(done.crop((0, 0, 4, 4)).getcolors() or []) == 1


def test_a_sketch_is_mostly_paper(picture: Image.Image) -> None:
    levels = finishes.sketch(picture).convert("L").histogram()
    assert sum(levels[190:]) > 0.7 * picture.width * picture.height
    assert sum(levels[:120]) > 0
