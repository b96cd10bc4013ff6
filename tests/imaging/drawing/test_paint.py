from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from gateway.imaging.drawing.paint import Fade, Globe, falloff

BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (255, 0, 0)
WHOLE = (0.0, 0.0, 100.0, 100.0)


def test_a_fade_runs_from_its_first_stop_to_its_last() -> None:
    down = Fade((BLACK, RED, WHITE)).render(WHOLE, (0, 0, 100, 100))
    across = Fade((BLACK, RED, WHITE), across=True).render(WHOLE, (0, 0, 100, 100))
    assert down.getpixel((50, 0)) == pytest.approx(BLACK, abs=12)
    assert down.getpixel((50, 50)) == pytest.approx(RED, abs=12)
    assert down.getpixel((50, 99)) == pytest.approx(WHITE, abs=12)
    assert across.tobytes() == down.transpose(Image.Transpose.TRANSPOSE).tobytes()


def test_a_clipped_fade_is_the_same_part_of_the_whole() -> None:
    fade = Fade((BLACK, WHITE))
    whole = fade.render(WHOLE, (0, 0, 100, 100)).crop((0, 40, 100, 80))
    part = fade.render(WHOLE, (0, 40, 100, 80))
    assert max(ImageChops.difference(whole, part).tobytes()) <= 2


def test_a_fade_can_be_thinner_than_a_pixel() -> None:
    assert Fade((BLACK, WHITE)).render((0, 10.2, 50, 10.4), (0, 10, 50, 11)).size == (50, 1)


def test_a_globe_is_lit_where_the_light_falls() -> None:
    ball = Globe(WHITE, BLACK, 0.3, 0.3, 0.8).render(WHOLE, (0, 0, 100, 100)).convert("L")
    assert ball.getpixel((30, 30)) == 255
    assert ball.getpixel((99, 99)) == 0


def test_a_falloff_is_round_and_ends_inside_its_frame() -> None:
    spot = falloff(WHOLE, (0, 0, 100, 100))
    assert max(spot.tobytes()) >= 254
    assert spot.crop((0, 0, 1, 100)).getextrema() == (0, 0)
    assert max(ImageChops.difference(spot, spot.transpose(Image.Transpose.TRANSPOSE)).tobytes()) <= 1
