from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from gateway.imaging.editing import apply, parse
from gateway.imaging.editing.horizon import find_sky


def test_follows_the_horizon_and_the_house(photo: Image.Image) -> None:
    sky = find_sky(photo)
    assert sky.horizon == pytest.approx(0.61, abs=0.05)
    assert [sky.mask.getpixel(point) for point in ((5, 5), (150, 70), (48, 40))] == [255, 255, 255]
    assert [sky.mask.getpixel(point) for point in ((150, 84), (48, 50), (48, 70))] == [0, 0, 0]


def test_sees_through_noise(photo: Image.Image) -> None:
    noisy = apply(parse("add slight film grain"), [photo], None)
    assert find_sky(noisy).horizon == pytest.approx(find_sky(photo).horizon, abs=0.06)


def test_a_wire_does_not_end_the_sky(photo: Image.Image) -> None:
    large = photo.resize((640, 480))
    ImageDraw.Draw(large).line((0, 60, 640, 80), fill=(20, 20, 20), width=1)
    assert find_sky(large).horizon > 0.5


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (300, 200)], ids=str)
def test_without_a_sky_it_is_the_upper_part(size: tuple[int, int]) -> None:
    sky = find_sky(Image.new("RGB", size, (120, 60, 30)))
    assert sky.mask.size == size
    assert sky.horizon == 0.55


def test_the_assumed_sky_fades_downwards() -> None:
    mask = find_sky(Image.new("RGB", (10, 100))).mask
    assert (mask.getpixel((5, 5)), mask.getpixel((5, 90))) == (255, 0)


def test_clouds_throw_no_shadow_and_a_calm_sea_is_no_sky() -> None:
    """A bank of cloud over a smooth sky, and below a straight horizon a sea of almost the same colour."""
    picture = Image.new("RGB", (400, 400), (150, 190, 230))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 240, 400, 400), fill=(145, 180, 220))
    pen.rounded_rectangle((60, 60, 340, 110), 25, fill="white")
    mask = find_sky(picture).mask
    below_the_cloud, cloud, sea = (mask.getpixel(spot) for spot in ((200, 160), (200, 85), (200, 350)))
    assert (below_the_cloud, cloud, sea) == (255, 0, 0)
