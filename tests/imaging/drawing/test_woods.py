from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageStat

from gateway.imaging.drawing import woods
from gateway.imaging.drawing.pen import View

SIDE = 192


def test_a_pine_stands_on_its_foot_and_is_symmetrical() -> None:
    outline = woods.pine(100, 90, 80)
    assert max(y for _, y in outline) == 90
    assert min(y for _, y in outline) == 10
    assert {round(x - 100, 6) for x, _ in outline} == {round(100 - x, 6) for x, _ in outline}


def test_the_forest_frames_the_picture(make_view: Callable[[], View]) -> None:
    view = make_view()
    woods.forest(view, None)
    grey = view.canvas.image.convert("L").crop((0, 96, SIDE, 160))
    left, middle, right = (ImageStat.Stat(grey.crop((x, 0, x + 24, 64))).mean[0] for x in (0, 84, SIDE - 24))
    assert left < middle > right


def test_a_colour_turns_the_leaves(
    make_view: Callable[[], View], distance: Callable[[Image.Image, Image.Image], float]
) -> None:
    green, golden = make_view(), make_view()
    woods.forest(green, None)
    woods.forest(golden, (232, 178, 44))
    assert distance(green.canvas.image, golden.canvas.image) > 5
