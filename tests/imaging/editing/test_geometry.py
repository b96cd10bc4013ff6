from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PIL import Image

from gateway.imaging.editing.geometry import LARGEST_RESULT

Edit = Callable[..., Image.Image]
Box = tuple[int, int, int, int]

CROPS: dict[str, Box] = {
    "crop to 1:1": (20, 0, 140, 120),
    "crop to 16:9": (0, 15, 160, 105),
    "crop to 1:1 on the left": (0, 0, 120, 120),
    "crop to the left half": (0, 0, 80, 120),
    "crop to the bottom right": (80, 60, 160, 120),
    "crop to the centre": (16, 12, 144, 108),
    "crop by 50%": (40, 30, 120, 90),
    "crop to 25%": (60, 45, 100, 75),
    "crop slightly": (8, 6, 152, 114),
    "crop to 80x60": (40, 30, 120, 90),
    "crop to 9999x10": (0, 55, 160, 65),
    "crop to 10000:1": (0, 60, 160, 61),
}


@pytest.mark.parametrize(("instruction", "box"), CROPS.items(), ids=list(CROPS))
def test_crops(photo: Image.Image, edit: Edit, instruction: str, box: Box) -> None:
    cropped = edit(instruction)
    assert cropped.size == (box[2] - box[0], box[3] - box[1])
    assert cropped.tobytes() == photo.crop(box).tobytes()


SIZES = {
    "resize to 50%": (80, 60),
    "resize by 50%": (240, 180),
    "half the size": (80, 60),
    "twice the size": (320, 240),
    "make it 25% smaller": (120, 90),
    "3x bigger": (480, 360),
    "resize to 40 pixels": (40, 30),
    "resize to 33x77": (33, 77),
    "shrink by 100%": (1, 1),
}


@pytest.mark.parametrize(("instruction", "size"), SIZES.items(), ids=list(SIZES))
def test_sizes(edit: Edit, instruction: str, size: tuple[int, int]) -> None:
    assert edit(instruction).size == size


def test_enlarging_ends() -> None:
    from gateway.imaging.editing import apply, parse  # noqa: PLC0415 - the only test that needs no picture

    started = time.perf_counter()
    large = apply(parse("8x bigger, 8x bigger, 8x bigger"), [Image.new("RGB", (100, 80))], None)
    assert large.width * large.height <= LARGEST_RESULT
    assert large.width / large.height == pytest.approx(1.25, rel=0.01)
    assert time.perf_counter() - started < 20


TURNS = {
    "rotate": Image.Transpose.ROTATE_270,
    "rotate left": Image.Transpose.ROTATE_90,
    "turn right": Image.Transpose.ROTATE_270,
    "rotate 90 degrees counterclockwise": Image.Transpose.ROTATE_90,
    "rotate by -90 degrees": Image.Transpose.ROTATE_90,
    "rotate 270 degrees clockwise": Image.Transpose.ROTATE_90,
    "turn it upside down": Image.Transpose.ROTATE_180,
    "flip": Image.Transpose.FLIP_LEFT_RIGHT,
    "mirror vertically": Image.Transpose.FLIP_TOP_BOTTOM,
    "flip it upside down": Image.Transpose.FLIP_TOP_BOTTOM,
}


@pytest.mark.parametrize(("instruction", "transpose"), TURNS.items(), ids=list(TURNS))
def test_turns(photo: Image.Image, edit: Edit, instruction: str, transpose: Image.Transpose) -> None:
    assert edit(instruction).tobytes() == photo.transpose(transpose).tobytes()


@pytest.mark.parametrize("instruction", ["rotate 360 degrees", "flip, flip", "rotate, rotate left", "resize to 100%"])
def test_there_and_back(photo: Image.Image, edit: Edit, instruction: str) -> None:
    assert edit(instruction).tobytes() == photo.tobytes()


@pytest.mark.parametrize("degrees", [1, 10, 44, 89, 135, -30])
@pytest.mark.parametrize("size", [(100, 100), (160, 60), (60, 160)], ids=str)
def test_tilting_leaves_no_empty_corner(edit: Edit, degrees: int, size: tuple[int, int]) -> None:
    tilted = edit(f"rotate by {degrees} degrees", Image.new("RGB", size, (200, 100, 50)))
    assert tilted.getcolors() == [(size[0] * size[1], (200, 100, 50))]


def test_tilting_is_clockwise(edit: Edit) -> None:
    image = Image.new("L", (101, 101))
    image.paste(255, (0, 0, 101, 50))
    tilted = edit("rotate by 20 degrees", image).convert("L")
    assert tilted.getpixel((95, 55)) == 255
    assert tilted.getpixel((5, 45)) == 0


def test_zoom_enlarges_a_place(photo: Image.Image, edit: Edit) -> None:
    zoomed = edit("zoom in 2x on the top left")
    expected = photo.resize(photo.size, Image.Resampling.LANCZOS, (0, 0, 80, 60))
    assert zoomed.tobytes() == expected.tobytes()


def test_corners_are_round_and_the_rest_opaque(edit: Edit) -> None:
    alpha = edit("rounded corners of 30 pixels").getchannel("A")
    assert [alpha.getpixel(point) for point in ((0, 0), (159, 0), (0, 119), (159, 119), (5, 5))] == [0] * 5
    assert [alpha.getpixel(point) for point in ((30, 0), (0, 30), (80, 60), (10, 10))] == [255] * 4
