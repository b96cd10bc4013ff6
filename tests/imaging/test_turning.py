"""Turned by way of the disk, a large picture is what Pillow makes of a small one."""

from __future__ import annotations

import pytest
from PIL import ExifTags, Image, ImageOps

from gateway.imaging import strips
from gateway.imaging.turning import upright

SIZE = (37, 23)


def lying(orientation: int, mode: str) -> Image.Image:
    image = Image.merge("RGB", [Image.effect_noise(SIZE, 90) for _ in range(3)]).convert(mode)
    image.getexif()[ExifTags.Base.Orientation] = orientation
    return image


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("orientation", range(9))
def test_all_eight_ways(orientation: int, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = lying(orientation, mode)
    expected = ImageOps.exif_transpose(image)
    monkeypatch.setattr(strips, "LARGE", 0)
    monkeypatch.setattr(strips, "STRIP", 300)

    result = upright(image)

    assert (result.mode, result.size) == (mode, expected.size)
    assert result.tobytes() == expected.tobytes()


def test_a_small_one_is_left_as_it_was() -> None:
    image = lying(6, "RGB")

    assert upright(image).size == (SIZE[1], SIZE[0])
    assert image.getpixel((0, 0)) is not None
