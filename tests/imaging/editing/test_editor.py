"""What holds for every edit: masks, transparency, modes, variations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from gateway.imaging.editing import VOCABULARY, Operation, apply, parse

Edit = Callable[..., Image.Image]
CALLS = {"text": "write 'Hello'", "tint": "tint it red", "moon": "moon on the right"}


def half_mask(size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    mask.paste(255, (size[0] // 2, 0, *size))
    return mask


@pytest.mark.parametrize("row", [row for row in VOCABULARY if not row.reshapes], ids=lambda row: row.name)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_outside_the_mask_every_bit_stays(photo: Image.Image, row: Operation, mode: str) -> None:
    image = photo.convert(mode)
    plan = parse(CALLS.get(row.name, row.words[0]))
    edited = apply(plan, [image, photo.rotate(180)], half_mask(photo.size))
    kept, changed = (0, 0, 80, 120), (80, 0, 160, 120)
    assert edited.crop(kept).tobytes() == image.crop(kept).tobytes()
    assert edited.crop(changed).tobytes() != image.crop(changed).tobytes()


def test_a_soft_mask_blends(photo: Image.Image) -> None:
    black = apply(parse("darken by 100%"), [photo], Image.new("L", photo.size, 128))
    difference = ImageChops.difference(black, photo.point([level // 2 for level in range(256)] * 3))
    assert max(difference.tobytes()) <= 1


def test_an_empty_mask_changes_nothing_even_by_a_grade(photo: Image.Image) -> None:
    edited = apply(parse("make it better, flip"), [photo], Image.new("L", photo.size), variation=2)
    assert edited.tobytes() == photo.tobytes()


@pytest.mark.parametrize("row", [row for row in VOCABULARY if row.reshapes], ids=lambda row: row.name)
def test_the_shape_stays_under_a_mask(photo: Image.Image, row: Operation) -> None:
    edited = apply(parse(row.words[0]), [photo], half_mask(photo.size))
    assert (edited.size, edited.mode) == (photo.size, "RGB")


@pytest.mark.parametrize("row", [row for row in VOCABULARY if not row.reshapes], ids=lambda row: row.name)
def test_transparency_stays(photo: Image.Image, row: Operation) -> None:
    image, alpha = photo.convert("RGBA"), half_mask(photo.size)
    image.putalpha(alpha)
    edited = apply(parse(CALLS.get(row.name, row.words[0])), [image, photo], None)
    assert edited.mode == "RGBA"
    assert edited.getchannel("A").tobytes() == alpha.tobytes()


@pytest.mark.parametrize(
    "instruction", ["flip", "rotate", "half size", "crop to a square", "zoom in", "rotate by 10 degrees"]
)
def test_transparency_moves_with_the_shape(photo: Image.Image, instruction: str) -> None:
    image = photo.convert("RGBA")
    image.putalpha(half_mask(photo.size))
    plan = parse(instruction)
    assert apply(plan, [image], None).mode == "RGBA"
    assert apply(plan, [image], None).getchannel("A").size == apply(plan, [photo], None).size


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "I", "F", "YCbCr", "HSV", "LAB"])
@pytest.mark.parametrize("instruction", ["brighten and flip", "xyz", "keep everything"])
def test_any_mode_becomes_rgb(photo: Image.Image, mode: str, instruction: str) -> None:
    odd = photo.convert("L").convert(mode) if mode in {"I", "F", "I;16"} else convert(photo, mode)
    assert apply(parse(instruction), [odd], None).mode == "RGB"


def convert(image: Image.Image, mode: str) -> Image.Image:
    return Image.new(mode, image.size) if mode == "LAB" else image.convert(mode)


@pytest.mark.parametrize("mode", ["LA", "PA", "RGBa"])
def test_any_mode_with_transparency_becomes_rgba(photo: Image.Image, mode: str) -> None:
    odd = photo.convert("RGBA").convert(mode)
    assert apply(parse("brighten"), [odd], None).mode == "RGBA"


def test_steps_follow_each_other(photo: Image.Image, edit: Edit) -> None:
    both = edit("crop to the left half, then brighten by 20%")
    one_by_one = edit("brighten by 20%", edit("crop to the left half"))
    assert both.tobytes() == one_by_one.tobytes()
    assert both.size == (80, photo.height)


def test_a_place_limits_the_change(photo: Image.Image, edit: Edit) -> None:
    edited = edit("darken the right half")
    assert edited.crop((0, 0, 60, 120)).tobytes() == photo.crop((0, 0, 60, 120)).tobytes()
    assert edited.crop((100, 0, 160, 120)).tobytes() == edit("darken").crop((100, 0, 160, 120)).tobytes()


def test_the_sky_is_where_it_was_before_fog_hid_it(photo: Image.Image, edit: Edit) -> None:
    foggy = edit("add extreme fog")
    both = ImageChops.difference(edit("add extreme fog, add a rainbow"), foggy).getbbox()
    alone = ImageChops.difference(edit("add a rainbow"), photo).getbbox()
    assert both is not None
    assert both == pytest.approx(alone, abs=3)


def test_the_sky_turns_with_the_picture(edit: Edit) -> None:
    turned = edit("turn it upside down, darken the sky")
    assert turned.tobytes() == edit("darken the sky", edit("turn it upside down")).tobytes()


def test_nothing_asked_is_nothing_done(photo: Image.Image, edit: Edit) -> None:
    assert edit("keep everything as it is").tobytes() == photo.tobytes()


def test_not_understood_is_graded_visibly_and_differently(photo: Image.Image, edit: Edit) -> None:
    pictures = [
        edit("make it better"),
        edit("make it nicer"),
        *(edit("make it better", variation=n) for n in (1, 2, 3)),
    ]
    assert len({picture.tobytes() for picture in [photo, *pictures]}) == 6
    assert edit("make it better").tobytes() == pictures[0].tobytes()


def test_exact_operations_vary_in_light_only(photo: Image.Image, edit: Edit) -> None:
    plain, varied = edit("black and white"), edit("black and white", variation=1)
    red, green, blue = varied.split()
    assert red.tobytes() == green.tobytes() == blue.tobytes() != plain.getchannel("R").tobytes()
    assert photo.size == varied.size


def test_describing_and_doing_agree_about_a_missing_picture(photo: Image.Image) -> None:
    plan = parse("double exposure")
    graded = apply(plan, [photo], None)
    assert graded.tobytes() != photo.tobytes()
    assert plan.fitted(pictures=1, masked=False).grades
