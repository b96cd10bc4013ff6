"""Padding to round sizes keeps the picture's own pixels and gives its edges on."""

from __future__ import annotations

import pytest
from support.drivers import taken
from support.samples import decoded, plain, quarters

from gateway.images import Picture
from gateway.imaging.errors import PictureError
from gateway.imaging.padding import cut, padded


def pixels(picture: Picture) -> bytes:
    return decoded(picture.blob.read()).convert("RGBA").tobytes()


@pytest.mark.parametrize(
    ("size", "step", "larger"), [((33, 31), 4, (36, 32)), ((2, 3), 4, (4, 4)), ((35, 50), 2, (36, 50))]
)
def test_sides_become_multiples(size: tuple[int, int], step: int, larger: tuple[int, int]) -> None:
    result = padded(taken(quarters(size)), step)

    assert (result.width, result.height) == larger


def test_the_picture_itself_comes_back_when_the_rest_is_cut_off() -> None:
    picture = taken(quarters((33, 31)))

    assert pixels(cut(padded(picture, 4), (33, 31))) == pixels(picture)


def test_the_border_continues_the_edges() -> None:
    border = decoded(padded(taken(quarters((33, 31))), 4).blob.read()).convert("RGB")

    assert (border.getpixel((35, 0)), border.getpixel((35, 31))) == ((0, 255, 0), (255, 255, 255))
    assert border.getpixel((0, 31)) == (0, 0, 255)


def test_transparency_is_kept() -> None:
    picture = taken(plain((3, 3), (255, 0, 0, 80), mode="RGBA"))

    assert decoded(padded(picture, 4).blob.read()).getpixel((3, 3)) == (255, 0, 0, 80)


def test_a_damaged_picture_is_an_error_of_ours() -> None:
    whole = plain((64, 64), form="JPEG")
    picture = taken(whole)
    picture.blob._data = whole[:200]  # type: ignore[attr-defined]  # as if the damage lay behind what the reader walks

    with pytest.raises(PictureError):
        padded(picture, 4)
