from __future__ import annotations

import pytest

from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.palette import (
    NAMED,
    Colour,
    darken,
    harmony,
    hue_of,
    lighten,
    mix,
    oklch,
    ramp,
    recolour,
    rotate,
)


def _far(one: Colour, other: Colour) -> int:
    return max(abs(left - right) for left, right in zip(one, other, strict=True))


@pytest.mark.parametrize("colour", NAMED.values(), ids=NAMED)
def test_mixing_ends_at_both_colours(colour: Colour) -> None:
    assert _far(mix(colour, (10, 200, 90), 0), colour) <= 1
    assert _far(mix((10, 200, 90), colour, 1), colour) <= 1


def test_blue_and_yellow_do_not_meet_in_a_darker_grey() -> None:
    red, green, blue = mix((0, 0, 255), (255, 255, 0), 0.5)
    assert min(red, green, blue) > 100
    assert max(red, green, blue) - min(red, green, blue) > 30


def test_lightness_is_what_the_names_say() -> None:
    colour = NAMED["teal"]
    assert sum(darken(colour, 0.4)) < sum(colour) < sum(lighten(colour, 0.4))


def test_a_full_turn_comes_back() -> None:
    assert _far(rotate(rotate(NAMED["salmon"], 100), -100), NAMED["salmon"]) <= 2
    assert _far(rotate(NAMED["salmon"], 180), NAMED["salmon"]) > 40


def test_hue_is_read_as_it_was_given() -> None:
    assert hue_of(oklch(0.7, 0.1, 50)) == pytest.approx(50, abs=2)


def test_recolouring_keeps_light_and_dark() -> None:
    dark, light = recolour((40, 40, 40), NAMED["teal"], 1), recolour((220, 220, 220), NAMED["teal"], 1)
    assert sum(light) > sum(dark) + 200


def test_a_ramp_has_its_stops_at_even_places() -> None:
    colours = ramp(((0, 0, 0), (255, 0, 0), (255, 255, 255)), 5)
    assert len(colours) == 5
    assert (colours[0], colours[2], colours[4]) == ((0, 0, 0), (255, 0, 0), (255, 255, 255))
    assert ramp(((1, 2, 3),), 3) == [(1, 2, 3)] * 3


def test_harmonies_run_from_dark_to_light_around_the_tints() -> None:
    free, teal = harmony(Chance("a")), harmony(Chance("a"), (NAMED["teal"],))
    assert sum(free[0]) < sum(free[2]) < sum(free[5])
    assert harmony(Chance("a")) == free
    assert abs(hue_of(teal[1]) - hue_of(NAMED["teal"])) < 8
