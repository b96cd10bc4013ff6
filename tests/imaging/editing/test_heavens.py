from __future__ import annotations

import colorsys
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat

Edit = Callable[..., Image.Image]
ADDED = ("rainbow", "sun", "moon", "stars", "clouds")


def hues_down_the_middle(image: Image.Image) -> list[float]:
    """Hues, 0 to 1, of the saturated pixels in the middle column from the top down."""
    column = image.crop((image.width // 2, 0, image.width // 2 + 1, image.height)).tobytes()
    colours = (colorsys.rgb_to_hsv(*(part / 255 for part in column[at : at + 3])) for at in range(0, len(column), 3))
    return [hue for hue, saturation, _ in colours if saturation > 0.3]


@pytest.mark.parametrize("word", ADDED)
def test_all_stay_behind_house_and_ground(photo: Image.Image, edit: Edit, word: str) -> None:
    changed = ImageChops.difference(edit(f"{word} in the sky"), photo)
    assert changed.crop((34, 66, 62, 96)).getbbox() is None or word == "sun"
    assert changed.crop((70, 84, 160, 120)).getbbox() is None or word == "sun"
    assert changed.getbbox() is not None


def test_rainbow_runs_from_red_outside_to_violet_inside(edit: Edit) -> None:
    grey = Image.new("RGB", (400, 400), (150, 150, 150))
    hues = hues_down_the_middle(edit("strong rainbow", grey))
    red, violet = hues[0], hues[-1]
    assert red < 0.12 or red > 0.95
    assert 0.55 < violet < 0.85
    assert any(0.28 < hue < 0.45 for hue in hues)


def test_rainbow_is_an_arc(edit: Edit) -> None:
    grey = Image.new("RGB", (400, 400), (150, 150, 150))
    changed = ImageChops.difference(edit("rainbow", grey), grey)
    assert changed.crop((0, 0, 400, 20)).getbbox() is None
    assert changed.crop((190, 150, 210, 200)).getbbox() is None
    assert changed.crop((20, 150, 60, 220)).getbbox() is not None
    assert changed.crop((340, 150, 380, 220)).getbbox() is not None


@pytest.mark.parametrize("word", ["sun", "moon"])
@pytest.mark.parametrize(("place", "x"), [("left", 32), ("right", 128)])
def test_sun_and_moon_go_where_they_are_put(photo: Image.Image, edit: Edit, word: str, place: str, x: int) -> None:
    changed = ImageStat.Stat(
        ImageChops.difference(edit(f"{word} on the {place}"), photo).crop((x - 4, 24, x + 4, 32)).convert("L")
    )
    assert changed.mean[0] > 50


@pytest.mark.parametrize("word", ["sun", "moon"])
def test_amounts_are_sizes(photo: Image.Image, edit: Edit, word: str) -> None:
    small, large = (
        ImageStat.Stat(ImageChops.difference(edit(f"a {size} {word}"), photo).convert("L")).mean[0]
        for size in ("small", "huge")
    )
    assert large > small * 3


def test_colours_are_taken(edit: Edit) -> None:
    red, green, _ = ImageStat.Stat(edit("red clouds", Image.new("RGB", (100, 100), (90, 90, 90)))).mean
    assert red > green + 20


def test_stars_darken_only_a_bright_sky(photo: Image.Image, edit: Edit) -> None:
    dark = Image.new("RGB", (200, 200), (10, 12, 30))
    starry = edit("stars", dark)
    assert ImageStat.Stat(starry).mean > ImageStat.Stat(dark).mean
    assert (
        ImageStat.Stat(edit("stars").crop((0, 0, 160, 30))).mean[2]
        < ImageStat.Stat(photo.crop((0, 0, 160, 30))).mean[2] - 60
    )
