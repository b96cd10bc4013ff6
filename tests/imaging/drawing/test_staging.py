from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.drawing.motifs import Rests
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.reader import read
from gateway.imaging.drawing.staging import at_easel, gather, hang, line_up

SIDE = 192


def test_what_comes_in_any_colour_differs_from_picture_to_picture() -> None:
    colours = {gather(read("a robot"), index).actors[0].colour for index in range(4)}
    assert len(colours) == 4


@pytest.mark.parametrize("prompt", ["a teal robot", "a banana"])
def test_what_has_a_colour_keeps_it(prompt: str) -> None:
    assert len({gather(read(prompt), index).actors[0].colour for index in range(4)}) == 1


def test_balloons_of_one_bunch_differ() -> None:
    assert len({actor.colour for actor in gather(read("three balloons"), 0).actors}) == 3


def test_a_cast_is_sorted_by_where_it_rests() -> None:
    cast = gather(read("a boat, a cat and a kite"), 0)
    assert [len(cast.resting(rests)) for rests in (Rests.WATER, Rests.GROUND, Rests.AIR)] == [1, 1, 1]


@pytest.mark.parametrize("count", ["", "two ", "three ", "five "])
def test_any_number_fits_beside_each_other(
    count: str, make_view: Callable[[], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    view = make_view()
    line_up(view, gather(read(f"{count}penguins"), 0).actors, SIDE * 0.8, SIDE * 0.5)
    left, _, right, bottom = inked(view.canvas.image)
    assert left > 0
    assert right < SIDE
    assert bottom < SIDE


def test_a_shining_ground_mirrors_what_stands_on_it(
    make_view: Callable[[], View],
) -> None:
    below = []
    for shine in (0.0, 0.5):
        view = make_view()
        line_up(view, gather(read("a red apple"), 0).actors, SIDE * 0.5, SIDE * 0.4, shine=shine)
        red, green, _ = view.canvas.image.crop((0, 110, SIDE, 150)).resize((1, 1), Image.Resampling.BOX).split()
        below.append(int(red.tobytes()[0]) - int(green.tobytes()[0]))
    assert below[1] >= below[0] + 4


def test_what_flies_hangs_around_its_height(
    make_view: Callable[[], View], inked: Callable[[Image.Image], tuple[int, int, int, int]]
) -> None:
    view = make_view()
    hang(view, gather(read("a kite"), 0).actors, SIDE * 0.3, SIDE * 0.2)
    _, top, _, bottom = inked(view.canvas.image)
    assert top < SIDE * 0.3 < bottom < SIDE * 0.45


def test_the_easel_shows_what_is_painted(
    make_view: Callable[[], View], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    view = make_view()
    cast = gather(read("a robot painting a banana"), 0)
    assert cast.painted is not None
    at_easel(view, cast.actors, cast.painted, SIDE * 0.9, SIDE * 0.5)
    right_half = view.canvas.image.crop((SIDE // 2, 0, SIDE, SIDE))
    assert share_near(right_half, cast.painted.colour) > 0.005
