from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageStat

from gateway.imaging.drawing import indoors
from gateway.imaging.drawing.light import DAY, NIGHT, Light
from gateway.imaging.drawing.palette import hue_of
from gateway.imaging.drawing.pen import View

SIDE = 192
GOLD = (232, 178, 44)


def _mean(image: Image.Image, box: tuple[int, int, int, int]) -> list[float]:
    return ImageStat.Stat(image.crop(box)).mean


def test_the_dim_wall_is_far_from_the_hue_of_the_subject(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    indoors.dim_wall(view, GOLD)
    red, green, blue = (round(part) for part in _mean(view.canvas.image, (60, 20, 130, 80)))
    assert red + green + blue < 3 * 110
    assert 60 < abs(hue_of((red, green, blue)) - hue_of(GOLD)) % 360 < 300


def test_the_pale_wall_is_pale(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    indoors.pale_wall(view, GOLD)
    assert sum(_mean(view.canvas.image, (0, 0, SIDE, SIDE))) > 3 * 180


def test_the_sun_shines_into_the_room_by_day_only(make_view: Callable[[Light], View]) -> None:
    floors = {}
    for light in (DAY, NIGHT):
        view = make_view(light)
        indoors.sunlit_wall(view, (240, 214, 176))
        indoors.boards(view, None)
        floors[light] = sum(_mean(view.canvas.image, (0, 100, SIDE, SIDE)))
    assert floors[DAY] > 1.4 * floors[NIGHT]


def test_marble_is_grey_and_veined(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    indoors.marble_top(view, None)
    red, green, blue = _mean(view.canvas.image, (0, 100, SIDE, SIDE))
    assert max(red, green, blue) - min(red, green, blue) < 12
    row = view.canvas.image.convert("L").crop((0, 150, SIDE, 151))
    assert len(row.getcolors() or []) > 10


def test_wood_is_warm(make_view: Callable[[Light], View]) -> None:
    view = make_view(DAY)
    indoors.wooden_top(view, None)
    red, _, blue = _mean(view.canvas.image, (0, 100, SIDE, SIDE))
    assert red > blue + 40
