from __future__ import annotations

from collections.abc import Callable

from PIL import ImageStat

from gateway.imaging.drawing.pen import View
from gateway.imaging.drawing.waterfall import waterfall


def test_light_water_falls_between_dark_rocks(make_view: Callable[[], View]) -> None:
    view = make_view()
    waterfall(view, None)
    row = view.canvas.image.convert("L").crop((0, 84, 192, 96))
    strips = [ImageStat.Stat(row.crop((x, 0, x + 12, 12))).mean[0] for x in range(0, 192, 12)]
    brightest = strips.index(max(strips))
    assert 5 <= brightest <= 10
    assert max(strips) > 1.5 * sum(strips) / len(strips)
