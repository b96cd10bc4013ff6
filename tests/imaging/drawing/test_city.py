from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from gateway.imaging.drawing.city import city
from gateway.imaging.drawing.light import DAY, NEON, NIGHT, Light
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.pen import View

LAMPLIGHT = (255, 214, 132)


def test_windows_are_lit_when_it_is_dark(
    make_view: Callable[[Light], View], share_near: Callable[[Image.Image, Colour], float]
) -> None:
    lit = {}
    for light in (DAY, NIGHT, NEON):
        view = make_view(light)
        view.canvas.wash(light.sky[0])
        city(view, None)
        lit[light] = share_near(view.canvas.image.crop((0, 0, 192, 150)), LAMPLIGHT)
    assert lit[DAY] < 0.005 < min(lit[NIGHT], lit[NEON])


def test_the_skyline_is_higher_in_the_middle(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    city(view, None)
    sky = view.canvas.image.convert("L").crop((0, 0, 192, 96))
    open_sky = [sky.crop((x, 0, x + 48, 96)).histogram()[255] for x in (0, 72, 144)]
    assert open_sky[1] < min(open_sky[0], open_sky[2])
