"""Upscaling keeps what was there: colours, edges, transparency, and every kind of picture."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from gateway.imaging.drawing import draw
from gateway.imaging.upscaling import upscale

ORANGE = (200, 80, 40)


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    return draw("a cat in a meadow at sunset", seed=0, index=0, size=(120, 90))


def _disc(hidden: tuple[int, int, int], outline: int = 255) -> Image.Image:
    """An orange disc on transparency whose invisible pixels have a colour too."""
    image = Image.new("RGBA", (48, 48), (*hidden, 0))
    ImageDraw.Draw(image).ellipse((10, 10, 37, 37), fill=(*ORANGE, 255), outline=(*ORANGE, outline))
    return image


def _visible(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours of pixels that are at least a quarter opaque."""
    counted = image.getcolors(image.width * image.height) or []
    return [(pixel[0], pixel[1], pixel[2]) for _, pixel in counted if isinstance(pixel, tuple) and pixel[3] > 63]


@pytest.mark.parametrize("times", [2, 4])
def test_scaling_down_again_gives_the_source(scene: Image.Image, times: int) -> None:
    larger = upscale(scene, times)
    assert larger.size == (120 * times, 90 * times)
    difference = ImageStat.Stat(ImageChops.difference(larger.resize(scene.size, Image.Resampling.BOX), scene))
    assert max(difference.mean) < 1.5


def test_it_is_sharper_than_bilinear(scene: Image.Image) -> None:
    def edges(image: Image.Image) -> float:
        return ImageStat.Stat(image.convert("L").filter(ImageFilter.FIND_EDGES)).mean[0]

    assert edges(upscale(scene, 2)) > 1.1 * edges(scene.resize((240, 180), Image.Resampling.BILINEAR))


@pytest.mark.parametrize(("mode", "colour"), [("L", (90,)), ("RGB", ORANGE), ("RGBA", (*ORANGE, 255))])
def test_one_colour_stays_one_colour(mode: str, colour: tuple[int, ...]) -> None:
    flat = Image.new(mode, (9, 7), colour)
    assert upscale(flat, 4).getcolors() == [(9 * 7 * 16, flat.getpixel((0, 0)))]


@pytest.mark.parametrize("hidden", [(0, 0, 0), (255, 255, 255), (0, 0, 255)], ids=["black", "white", "blue"])
@pytest.mark.parametrize("times", [2, 4])
def test_hidden_colours_do_not_show_at_transparent_edges(hidden: tuple[int, int, int], times: int) -> None:
    colours = _visible(upscale(_disc(hidden), times))
    away = max(abs(part - wanted) for colour in colours for part, wanted in zip(colour, ORANGE, strict=True))
    assert away <= 6


def test_soft_edges_stay_soft_without_a_halo() -> None:
    larger = upscale(_disc((0, 0, 0), outline=128), 4)
    levels = {level for level, count in enumerate(larger.getchannel("A").histogram()) if count}
    assert {0, 255} <= levels
    assert len(levels) > 20


def test_alpha_is_scaled_like_a_picture_of_its_own() -> None:
    disc = _disc((0, 0, 0))
    expected = disc.getchannel("A").resize((96, 96), Image.Resampling.LANCZOS)
    difference = ImageChops.difference(upscale(disc, 2).getchannel("A"), expected)
    assert ImageStat.Stat(difference).mean[0] < 1


def test_an_opaque_alpha_channel_costs_no_accuracy(scene: Image.Image) -> None:
    with_alpha = scene.convert("RGBA")
    larger = upscale(with_alpha, 2)
    assert larger.mode == "RGBA"
    assert larger.convert("RGB").tobytes() == upscale(scene, 2).tobytes()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("1", "RGB"),
        ("L", "L"),
        ("I;16", "L"),
        ("P", "RGB"),
        ("CMYK", "RGB"),
        ("YCbCr", "RGB"),
        ("LA", "RGBA"),
        ("PA", "RGBA"),
    ],
)
def test_every_mode_becomes_one_that_can_be_scaled(mode: str, expected: str) -> None:
    image = Image.new("L", (8, 8), 200).convert("LA").convert("PA") if mode == "PA" else Image.new(mode, (8, 8), 0)
    larger = upscale(image, 2)
    assert (larger.mode, larger.size) == (expected, (16, 16))


def test_a_palette_with_a_transparent_entry_keeps_its_hole() -> None:
    image = Image.new("P", (16, 16), 0)
    image.putpalette([0, 0, 0, *ORANGE])
    image.paste(1, (0, 0, 8, 16))
    image.info["transparency"] = 0
    larger = upscale(image, 2)
    assert larger.getpixel((4, 16)) == pytest.approx((*ORANGE, 255), abs=1)
    assert larger.getchannel("A").getpixel((28, 16)) == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (2, 3)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_pictures_of_hardly_any_pixels(mode: str, size: tuple[int, int]) -> None:
    assert upscale(Image.new(mode, size), 4).size == (size[0] * 4, size[1] * 4)


def test_the_source_is_left_alone(scene: Image.Image) -> None:
    for source in (scene.copy(), _disc((0, 0, 0))):
        before = source.tobytes()
        upscale(source, 2)
        assert source.tobytes() == before


@pytest.mark.parametrize("height", [255, 256, 257, 600])
def test_it_is_done_in_strips_that_do_not_show(height: int) -> None:
    image = Image.effect_noise((9, height), 90)
    sharp = image.filter(ImageFilter.Kernel((3, 3), (-1, -2, -1, -2, 44, -2, -1, -2, -1)))
    assert upscale(image, 2).tobytes() == sharp.resize((18, 2 * height), Image.Resampling.LANCZOS).tobytes()


def test_the_colour_profile_stays_with_it() -> None:
    image = Image.new("RGB", (9, 7))
    image.info["icc_profile"] = b"a profile"
    assert upscale(image, 2).info["icc_profile"] == b"a profile"
