"""Small pictures of single motifs, and how far two pictures are from each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest
from PIL import Image, ImageChops, ImageStat

from gateway.imaging.drawing.canvas import Canvas
from gateway.imaging.drawing.chance import Chance
from gateway.imaging.drawing.light import DAY, Light
from gateway.imaging.drawing.motifs import Figure
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

SIDE = 192


class MakeView(Protocol):
    def __call__(self, light: Light = ..., *, front: bool = ...) -> View: ...


class Sketch(Protocol):
    def __call__(self, figure: Figure, colour: Colour, light: Light = ...) -> Image.Image: ...


@pytest.fixture
def make_view() -> MakeView:
    """A view onto an empty white picture, its horizon in the middle."""

    def make(light: Light = DAY, *, front: bool = True) -> View:
        canvas = Canvas((SIDE, SIDE))
        canvas.wash((255, 255, 255))
        return View(
            canvas=canvas,
            light=light,
            chance=Chance("test"),
            horizon=SIDE / 2,
            sun=(SIDE * 0.3, SIDE * 0.2),
            leaf=(108, 158, 80),
            front=front,
        )

    return make


@pytest.fixture
def sketch(make_view: MakeView) -> Sketch:
    """One thing on white, its foot in the middle near the lower edge."""

    def draw(figure: Figure, colour: Colour, light: Light = DAY) -> Image.Image:
        view = make_view(light)
        figure(view.pen(SIDE / 2, SIDE * 0.85, SIDE * 0.6), colour)
        return view.canvas.image

    return draw


@pytest.fixture
def distance() -> Callable[[Image.Image, Image.Image], float]:
    """The mean difference of two pictures of one size, 0 to 255."""

    def between(one: Image.Image, other: Image.Image) -> float:
        return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3

    return between


@pytest.fixture
def share_near() -> Callable[[Image.Image, Colour], float]:
    """The share of pixels that are within 40 levels of a colour in every channel."""

    def share(image: Image.Image, colour: Colour) -> float:
        away = ImageChops.difference(image, Image.new("RGB", image.size, colour)).split()
        farthest = ImageChops.lighter(ImageChops.lighter(away[0], away[1]), away[2])
        return sum(farthest.histogram()[:41]) / (image.width * image.height)

    return share


@pytest.fixture
def inked() -> Callable[[Image.Image], tuple[int, int, int, int]]:
    """The box around everything that is not white."""

    def box(image: Image.Image) -> tuple[int, int, int, int]:
        found = ImageChops.invert(image).getbbox()
        assert found is not None, "nothing was drawn"
        return found

    return box
