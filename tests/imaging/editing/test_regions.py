from __future__ import annotations

import pytest
from PIL import Image

from gateway.imaging.editing.horizon import Scene
from gateway.imaging.editing.meanings import Place
from gateway.imaging.editing.regions import anchor, area

INSIDE = {
    Place.TOP: (80, 20),
    Place.BOTTOM: (80, 100),
    Place.LEFT: (20, 60),
    Place.RIGHT: (140, 60),
    Place.CENTRE: (80, 60),
    Place.EDGES: (1, 1),
    Place.SKY: (80, 10),
    Place.GROUND: (100, 110),
}
OPPOSITES = {
    Place.TOP: Place.BOTTOM,
    Place.LEFT: Place.RIGHT,
    Place.CENTRE: Place.EDGES,
    Place.SKY: Place.GROUND,
}


@pytest.mark.parametrize("place", Place)
def test_a_place_holds_its_own_point(photo: Image.Image, place: Place) -> None:
    assert area([place], Scene(photo)).getpixel(INSIDE[place]) == 255


@pytest.mark.parametrize(("one", "other"), OPPOSITES.items())
def test_opposites_exclude_each_other(photo: Image.Image, one: Place, other: Place) -> None:
    assert area([one], Scene(photo)).getpixel(INSIDE[other]) == 0
    assert area([other], Scene(photo)).getpixel(INSIDE[one]) == 0


def test_several_places_mean_where_they_overlap(photo: Image.Image) -> None:
    corner = area([Place.TOP, Place.LEFT], Scene(photo))
    points = ((10, 10), (150, 10), (10, 110), (150, 110))
    assert [corner.getpixel(point) for point in points] == [255, 0, 0, 0]
    assert area([], Scene(photo)).getextrema() == (255, 255)


@pytest.mark.parametrize(
    ("places", "point"),
    [
        ([], (0.7, 0.3)),
        ([Place.SKY], (0.7, 0.3)),
        ([Place.LEFT], (0.2, 0.3)),
        ([Place.RIGHT, Place.BOTTOM], (0.8, 0.88)),
        ([Place.CENTRE], (0.5, 0.5)),
        ([Place.TOP, Place.CENTRE], (0.5, 0.12)),
    ],
)
def test_anchor(places: list[Place], point: tuple[float, float]) -> None:
    assert anchor(places, (0.7, 0.3)) == point
