"""Small copies of pictures."""

from __future__ import annotations

import pytest
from support.samples import decoded, plain

from gateway.imaging.limits import PictureLimits
from gateway.imaging.previews import preview
from gateway.imaging.reading import read_picture


@pytest.mark.parametrize(
    ("size", "small"), [((1792, 1024), (256, 146)), ((500, 1000), (128, 256)), ((64, 48), (64, 48))]
)
def test_a_preview_is_a_small_jpeg_of_the_same_shape(size: tuple[int, int], small: tuple[int, int]) -> None:
    picture = read_picture(plain(size, "teal"), PictureLimits())

    made = decoded(preview(picture, 256).blob.read())

    assert (made.format, made.size) == ("JPEG", small)


def test_transparency_becomes_white() -> None:
    picture = read_picture(plain((64, 64), (255, 0, 0, 0), mode="RGBA"), PictureLimits())

    assert decoded(preview(picture, 32).blob.read()).getpixel((5, 5)) == (255, 255, 255)
