from __future__ import annotations

import pytest

from gateway.imaging.editing.gradients import downwards, rightwards, ring, scaled, smooth, spot, wash

SIZES = [(1, 1), (1, 9), (9, 1), (40, 30)]


def test_smooth_is_clipped_and_symmetric() -> None:
    assert [smooth(share) for share in (-1, 0, 0.5, 1, 2)] == [0, 0, 0.5, 1, 1]


def test_ramps_run_their_way() -> None:
    down, right = downwards((3, 100), lambda share: share), rightwards((100, 3), lambda share: share)
    assert down.getpixel((0, 0)) == right.getpixel((0, 0)) == 1
    assert down.getpixel((2, 99)) == right.getpixel((99, 2)) == 254


def test_wash_passes_through_its_stops() -> None:
    sky = wash((2, 101), (0.0, (0, 0, 0)), (0.5, (100, 0, 0)), (1.0, (100, 200, 0)))
    assert sky.getpixel((1, 25)) == pytest.approx((50, 0, 0), abs=2)
    assert sky.getpixel((1, 75)) == pytest.approx((100, 100, 0), abs=2)


def test_spot_is_round_and_ends_at_its_radius() -> None:
    circle = spot((101, 101), (50.5, 50.5), (40, 40), lambda way: float(way < 1))
    assert circle.getpixel((50, 50)) == 255
    assert [circle.getpixel((50 + way, 50)) for way in (37, 43)] == [255, 0]
    # The corner of the square around the circle is outside of it.
    assert circle.getpixel((50 + 33, 50 + 33)) == 0


def test_spot_beyond_its_radius_has_the_last_level() -> None:
    assert spot((50, 50), (0, 0), (5, 5), lambda way: 0.2 + 0.8 * way).getpixel((49, 49)) == 255


def test_ring_rises_between_its_radii() -> None:
    band = ring((101, 101), (50.5, 50.5), 20, 40)
    assert [band.getpixel((50 + way, 50)) for way in (10, 45)] == [0, 255]
    assert 100 < int(str(band.getpixel((50 + 31, 50)))) < 160


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_all_have_the_asked_size(size: tuple[int, int]) -> None:
    masks = [downwards(size, smooth), rightwards(size, smooth), spot(size, (0, 0), (0, 9), smooth)]
    assert {mask.size for mask in [*masks, ring(size, (0, 0), 3, 3), wash(size, (0.5, (1, 2, 3)))]} == {size}


def test_scaled() -> None:
    assert scaled(downwards((1, 1), lambda _: 1), 0.5).getpixel((0, 0)) == 128
