"""What every motif in the wordbook promises, whatever it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
from PIL import Image

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.light import DAY, NIGHT
from gateway.imaging.drawing.motifs import Mark, Place, Setting, Thing
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.sky import nothing
from gateway.imaging.drawing.wordbook import LEXICON

Kind = TypeVar("Kind")
RED, BLUE = (220, 40, 40), (40, 60, 220)
SIDE = 192


def _each(kind: type[Kind]) -> dict[str, Kind]:
    """One word for every motif of a kind."""
    found = {id(meaning): (word, meaning) for word, meaning in LEXICON.items() if isinstance(meaning, kind)}
    return dict(found.values())


THINGS, PLACES, SETTINGS = _each(Thing), _each(Place), _each(Setting)
MARKS = {word: mark for word, mark in _each(Mark).items() if mark.paint is not nothing}


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_things_stay_inside_their_measure(
    thing: Thing, make_view: Callable[[], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    view = make_view()
    thing.paint(view.pen(SIDE / 2, SIDE * 0.75, SIDE * 0.18), RED)
    left, top, right, bottom = inked(view.canvas.image)
    assert right - left > SIDE * 0.05
    assert (left > 0 and right < SIDE) or right - left > SIDE * 0.8
    assert SIDE * 0.35 < top < SIDE * 0.7
    assert bottom <= SIDE


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_things_take_the_colour_they_are_given(
    thing: Thing,
    sketch: Callable[..., Image.Image],
    distance: Callable[[Image.Image, Image.Image], float],
) -> None:
    red = sketch(thing.paint, RED)
    assert red.tobytes() == sketch(thing.paint, RED).tobytes()
    assert distance(red, sketch(thing.paint, BLUE)) > 0.2


@pytest.mark.parametrize("thing", THINGS.values(), ids=THINGS)
def test_the_night_changes_things(
    thing: Thing, sketch: Callable[..., Image.Image], distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    assert distance(sketch(thing.paint, RED, DAY), sketch(thing.paint, RED, NIGHT)) > 0.5


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_places_leave_the_sky_alone_and_reach_the_lower_edge(place: Place, make_view: Callable[[], View]) -> None:
    view = make_view()
    place.paint(view, None)
    for corner in ((0, 0, 20, 12), (SIDE - 20, 0, SIDE, 12)):
        assert view.canvas.image.crop(corner).getcolors() == [(240, (255, 255, 255))]
    floor = view.canvas.image.crop((0, SIDE - 2, SIDE, SIDE)).getcolors(SIDE * 2) or []
    bare = sum(count for count, colour in floor if colour == (255, 255, 255))
    assert bare == 0 or place.overlay


@pytest.mark.parametrize("motif", [*PLACES.values(), *MARKS.values()], ids=[*PLACES, *MARKS])
def test_backdrops_are_the_same_every_time_and_in_every_shape(
    motif: Place | Mark, make_view: Callable[[], View]
) -> None:
    for size in ((96, 54), (54, 96), (64, 64)):
        pictures = []
        for _ in range(2):
            view = replace(make_view(), canvas=Canvas(size), horizon=size[1] * 0.6, sun=(20, 20))
            motif.paint(view, None)
            pictures.append(view.canvas.image.tobytes())
        assert pictures[0] == pictures[1]
        assert any(pictures[0])


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_settings_cover_the_whole_picture(setting: Setting, make_view: Callable[[], View]) -> None:
    view = replace(make_view(), horizon=SIDE * setting.line)
    setting.wall(view, RED)
    if setting.floor is not None:
        setting.floor(view, None)
    left = view.canvas.image.crop((0, 0, 1, SIDE)).getcolors(SIDE) or []
    assert all(colour != (255, 255, 255) for _, colour in left)
