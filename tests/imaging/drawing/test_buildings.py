from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.drawing import buildings
from gateway.imaging.drawing.light import DAY, NIGHT, SUNSET
from gateway.imaging.drawing.motifs import Figure
from gateway.imaging.drawing.palette import Colour

LAMPLIGHT, WALL = (255, 220, 145), (186, 182, 190)


@pytest.mark.parametrize("building", [buildings.house, buildings.castle, buildings.tent])
def test_lamps_are_lit_at_night(
    building: Figure, sketch: Callable[..., Image.Image], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    by_day, by_night = (share_near(sketch(building, WALL, light), LAMPLIGHT) for light in (DAY, NIGHT))
    assert by_night > by_day


def test_the_lighthouse_beams_when_the_sun_is_low(
    sketch: Callable[..., Image.Image], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    by_day, at_dusk = (inked(sketch(buildings.lighthouse, WALL, light)) for light in (DAY, SUNSET))
    assert at_dusk[2] - at_dusk[0] > by_day[2] - by_day[0]
