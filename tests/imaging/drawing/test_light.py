from __future__ import annotations

import pytest

from gateway.imaging.drawing.light import DAWN, DAY, FOG, NEON, NIGHT, STORM, SUNSET, Light
from gateway.imaging.drawing.paint import Fade, Globe
from gateway.imaging.drawing.palette import NAMED, hue_of

LIGHTS = {"day": DAY, "sunset": SUNSET, "dawn": DAWN, "night": NIGHT, "neon": NEON, "fog": FOG, "storm": STORM}


@pytest.mark.parametrize("light", LIGHTS.values(), ids=LIGHTS)
def test_the_foreground_is_darker_than_the_distance(light: Light) -> None:
    assert sum(light.deep) < sum(light.haze)
    assert 0 <= light.height <= 1


def test_night_takes_more_red_than_blue() -> None:
    red, _, blue = NIGHT.on((200, 200, 200))
    assert red < blue < 200
    assert DAY.on((200, 100, 50)) == (200, 100, 50)


def test_distance_fades_into_the_haze() -> None:
    assert SUNSET.far((20, 60, 20), 1.0) == pytest.approx(SUNSET.haze, abs=1)
    assert SUNSET.far((20, 60, 20), 0.0) == pytest.approx(SUNSET.on((20, 60, 20)), abs=1)


def test_every_kind_of_paint_is_lit() -> None:
    white, lit = (255, 255, 255), NIGHT.on((255, 255, 255))
    assert NIGHT.over(white) == lit
    assert NIGHT.over(Fade((white, white), across=True)) == Fade((lit, lit), across=True)
    assert NIGHT.over(Globe(white, white, 0.1)) == Globe(lit, lit, 0.1)


def test_only_a_low_sun_is_low() -> None:
    assert SUNSET.low
    assert not DAY.low


def test_turning_changes_hues_and_not_how_bright_it_is() -> None:
    turned = DAY.turned(30)
    assert turned.sky != DAY.sky
    assert sum(map(sum, turned.sky)) == pytest.approx(sum(map(sum, DAY.sky)), rel=0.08)
    assert turned.tint == DAY.tint


def test_tints_colour_the_sky_from_top_to_bottom() -> None:
    tinted = DAY.tinted((NAMED["purple"], NAMED["gold"]), 1.0)
    assert hue_of(tinted.sky[0]) == pytest.approx(hue_of(NAMED["purple"]), abs=10)
    assert hue_of(tinted.haze) == pytest.approx(hue_of(NAMED["gold"]), abs=25)
    assert DAY.tinted(()) is DAY
