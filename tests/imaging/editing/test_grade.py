from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageStat

from gateway.imaging.editing.grade import grade


@pytest.mark.parametrize("colour", ["black", "white", "red"])
@pytest.mark.parametrize("seed", ["", "make it better", "\ud800"])
def test_is_visible_on_anything(colour: str, seed: str) -> None:
    image = Image.new("RGB", (30, 20), colour)
    difference = ImageChops.difference(grade(image, seed, 0), image)
    assert max(ImageStat.Stat(difference).mean) > 4


def test_depends_on_the_words_and_the_variation(photo: Image.Image) -> None:
    graded = {grade(photo, seed, variation).tobytes() for seed in ("a", "b") for variation in (0, 1)}
    assert len(graded) == 4


def test_keeps_the_picture_what_it_was(photo: Image.Image) -> None:
    difference = ImageChops.difference(grade(photo, "make it better", 0), photo)
    assert max(ImageStat.Stat(difference).mean) < 90
