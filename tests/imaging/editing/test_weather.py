from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat

Edit = Callable[..., Image.Image]


def changed(one: Image.Image, other: Image.Image) -> float:
    return ImageStat.Stat(ImageChops.difference(one, other).convert("L")).mean[0]


@pytest.mark.parametrize("word", ["fog", "rain", "snow"])
def test_more_is_more(photo: Image.Image, edit: Edit, word: str) -> None:
    light, plain, heavy = (changed(photo, edit(f"add {amount} {word}")) for amount in ("light", "", "heavy"))
    assert light < plain < heavy


@pytest.mark.parametrize("word", ["fog", "rain", "snow"])
def test_variations_fall_elsewhere(edit: Edit, word: str) -> None:
    assert changed(edit(f"add {word}", variation=1), edit(f"add {word}", variation=3)) > 1


def test_fog_is_thickest_at_the_horizon_and_takes_a_colour(edit: Edit) -> None:
    dark = Image.new("RGB", (100, 100))
    fog = edit("fog", dark).convert("L")
    rows = [ImageStat.Stat(fog.crop((0, y, 100, y + 10))).mean[0] for y in (0, 50)]
    assert rows[1] > rows[0] + 20
    red, green, _ = ImageStat.Stat(edit("red fog", dark)).mean
    assert red > green + 50


def test_rain_is_light_streaks_from_top_to_bottom(edit: Edit) -> None:
    streaks = edit("heavy rain", Image.new("RGB", (300, 300))).convert("L")
    tall = ImageStat.Stat(streaks.resize((300, 30), Image.Resampling.BOX)).stddev[0]
    wide = ImageStat.Stat(streaks.resize((30, 300), Image.Resampling.BOX)).stddev[0]
    assert tall > wide


def test_snow_can_fall_in_a_part_of_the_picture(photo: Image.Image, edit: Edit) -> None:
    snowy = edit("snow on the left")
    assert snowy.crop((120, 0, 160, 120)).tobytes() == photo.crop((120, 0, 160, 120)).tobytes()
    assert snowy.crop((0, 0, 40, 120)).tobytes() != photo.crop((0, 0, 40, 120)).tobytes()
