from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageFilter, ImageStat

Edit = Callable[..., Image.Image]


def detail(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]


@pytest.mark.parametrize("word", ["blur", "sharpen", "film grain"])
def test_amounts_are_told_apart(photo: Image.Image, edit: Edit, word: str) -> None:
    change = [abs(detail(edit(f"{amount} {word}")) - detail(photo)) for amount in ("slight", "", "strong")]
    assert change == sorted(change)
    assert len(set(change)) == 3


def test_blur_takes_a_radius(photo: Image.Image, edit: Edit) -> None:
    assert edit("blur by 7 pixels").tobytes() == photo.filter(ImageFilter.GaussianBlur(7)).tobytes()


def test_the_widest_blur_is_one_colour(edit: Edit) -> None:
    assert max(ImageStat.Stat(edit("blur by 16384 pixels")).stddev) < 3


def test_pixelate_takes_a_side(edit: Edit) -> None:
    blocks = edit("pixelate by 20 pixels")
    assert blocks.crop((0, 0, 20, 20)).getcolors() == [(400, blocks.getpixel((0, 0)))]
    assert blocks.resize((8, 6), Image.Resampling.NEAREST).resize((160, 120), 0).tobytes() == blocks.tobytes()


def test_stronger_pixels_are_larger(edit: Edit) -> None:
    counts = [len(edit(f"{amount} pixelate").getcolors(99999) or ()) for amount in ("slightly", "", "extremely")]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 3


def test_grain_has_no_colour(edit: Edit) -> None:
    red, green, blue = edit("film grain", Image.new("RGB", (50, 50), (120, 120, 120))).split()
    assert red.tobytes() == green.tobytes() == blue.tobytes()
    assert ImageStat.Stat(red).stddev[0] > 8


def test_denoise_removes_a_speck_and_keeps_an_edge(edit: Edit) -> None:
    image = Image.new("RGB", (40, 40), (100, 100, 100))
    image.paste((200, 200, 200), (20, 0, 40, 40))
    image.putpixel((10, 10), (255, 255, 255))
    clean = edit("strongly denoise", image).convert("L")
    assert abs(int(str(clean.getpixel((10, 10)))) - 100) <= 2
    assert [round(int(str(clean.getpixel((x, 30)))), -1) for x in (18, 21)] == [100, 200]


@pytest.mark.parametrize(("word", "flat"), [("outline", {0}), ("emboss", None), ("sketch", None)])
def test_drawn_pictures_have_no_rim(edit: Edit, word: str, flat: set[int] | None) -> None:
    drawn = edit(word, Image.new("RGB", (30, 20), (90, 140, 30)))
    assert len(set(drawn.tobytes())) == 1
    assert flat is None or set(drawn.tobytes()) == flat
