"""Size, ratio and format are promises: what was asked for is what the decoder finds."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession
from PIL import Image
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, ask, hosted, picture
from support.painter import Painter
from support.samples import data_url, decoded, encoded, plain, quarters

SQUARE, WIDE, TALL, PORTRAIT, LANDSCAPE = (1024, 1024), (1792, 1024), (1024, 1792), (768, 1024), (1024, 768)
RATIOS = {"1:1": SQUARE, "16:9": WIDE, "9:16": TALL, "3:4": PORTRAIT, "4:3": LANDSCAPE}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


@pytest.mark.parametrize(("ratio", "size"), RATIOS.items())
async def test_each_ratio_gives_its_documented_pixels(gateway: Gateway, ratio: str, size: tuple[int, int]) -> None:
    made = await picture(gateway, GENERATIONS, {"prompt": "a bridge", "aspect_ratio": ratio})

    assert decoded(made).size == size


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, SQUARE),
        *(({"size": f"{size[0]}x{size[1]}"}, size) for size in RATIOS.values()),
        ({"size": "auto"}, SQUARE),
        ({"size": "AUTO"}, SQUARE),
        *(({"size": ratio}, size) for ratio, size in RATIOS.items()),
        ({"size": "512x512"}, SQUARE),
        ({"size": "1536x1024"}, LANDSCAPE),
        ({"size": "1024x1536"}, PORTRAIT),
        ({"size": "1920x1080"}, WIDE),
        ({"size": "2048x1024"}, WIDE),
        ({"size": "64x64"}, SQUARE),
        ({"size": "8192x8192"}, SQUARE),
        ({"aspect_ratio": "9:16", "size": "1792x1024"}, TALL),
        ({"aspect_ratio": "3:4", "size": "auto"}, PORTRAIT),
    ],
)
async def test_a_size_selects_a_ratio_and_never_pixels(
    start: StartGateway, painter: Painter, fields: dict[str, str], size: tuple[int, int]
) -> None:
    painter.pictures = [plain((1000, 1000))]
    gateway = await start(painter.document(size_mode="published"))

    await picture(gateway, GENERATIONS, {"prompt": "a bridge", **fields})

    assert painter.asked[0].fields["size"] == f"{size[0]}x{size[1]}"


@pytest.mark.parametrize(
    "size", ["2560x1080", "1x1", "63x63", "8193x8193", "1024", "1024x", "1024*1024", "big", "x" * 99]
)
async def test_any_other_size_is_refused_with_what_is_accepted(gateway: Gateway, size: str) -> None:
    status, body = await gateway.post(GENERATIONS, json={"prompt": "a bridge", "size": size})

    error = error_in(body)
    assert (status, error["param"]) == (400, "size")
    assert all(word in str(error["message"]) for word in ("1024x1024", "1792x1024", "auto", "16:9"))


@pytest.mark.parametrize(("form", "extension"), [("png", "png"), ("jpeg", "jpg"), ("webp", "webp")])
@pytest.mark.parametrize("answer", ["url", "b64_json"])
async def test_each_output_format_really_comes_out(gateway: Gateway, form: str, extension: str, answer: str) -> None:
    source = data_url(quarters())
    calls = [
        (GENERATIONS, {"prompt": "a bridge"}),
        (EDITS, {"prompt": "make it blue", "image": source}),
        (UPSCALE, {"image": source}),
    ]

    for path, fields in calls:
        asked = {**fields, "output_format": form, "response_format": answer}
        made = await picture(gateway, path, asked)
        assert decoded(made).format == form.upper()

    url = await hosted(gateway, output_format=form)
    reply = await ask(gateway, "HEAD", url)
    assert (url.endswith(f"_upscale.{extension}"), reply.headers["Content-Type"]) == (True, f"image/{form}")


async def test_png_is_what_comes_when_nothing_was_said(gateway: Gateway) -> None:
    source = data_url(plain((16, 16), form="JPEG"), "image/jpeg")

    for path, fields in (
        (GENERATIONS, {"prompt": "a"}),
        (EDITS, {"prompt": "blue", "image": source}),
        (UPSCALE, {"image": source}),
    ):
        made = await picture(gateway, path, {**fields, "response_format": "b64_json"})
        assert decoded(made).format == "PNG"


async def test_transparency_becomes_white_in_a_jpeg_and_stays_in_others(gateway: Gateway) -> None:
    source = data_url(encoded(Image.new("RGBA", (32, 32), (200, 0, 0, 0)), "PNG"))

    jpeg = decoded(await picture(gateway, UPSCALE, {"image": source, "output_format": "jpeg"}))
    webp = decoded(await picture(gateway, UPSCALE, {"image": source, "output_format": "webp"}))

    assert jpeg.getpixel((10, 10)) == (255, 255, 255)
    assert webp.mode == "RGBA"
    assert webp.getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (101, 57)])
async def test_an_edit_without_a_ratio_keeps_the_shape_of_its_source(gateway: Gateway, size: tuple[int, int]) -> None:
    source = data_url(quarters(size))

    for more in ({}, {"size": "auto"}, {"aspect_ratio": None}):
        made = await picture(gateway, EDITS, {"prompt": "make it warmer", "image": source, **more})
        assert decoded(made).size == size


@pytest.mark.parametrize("ratio", RATIOS)
async def test_an_edit_with_a_ratio_gets_it(gateway: Gateway, ratio: str) -> None:
    source = data_url(quarters((400, 300)))

    made = decoded(await picture(gateway, EDITS, {"prompt": "warmer", "image": source, "aspect_ratio": ratio}))

    width, height = (int(side) for side in ratio.split(":"))
    assert made.width / made.height == pytest.approx(width / height, rel=0.03)


async def wide(gateway: Gateway, **fields: Any) -> Image.Image:
    return decoded(await picture(gateway, GENERATIONS, {"prompt": "a bridge", "aspect_ratio": "16:9", **fields}))


async def test_what_does_not_fit_is_cropped_in_the_middle(start: StartGateway, painter: Painter) -> None:
    painter.pictures = [quarters((900, 900))]
    gateway = await start(painter.document())

    made = await wide(gateway)

    assert made.size == (900, 506)
    assert [made.getpixel(at) for at in ((10, 10), (890, 10), (10, 490), (890, 490))] == CORNERS


CORNERS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]


@pytest.mark.parametrize(("fit", "size"), [("pad", (1600, 900)), ("none", (900, 900))])
async def test_what_does_not_fit_may_be_padded_or_left(
    start: StartGateway, painter: Painter, fit: str, size: tuple[int, int]
) -> None:
    painter.pictures = [plain((900, 900), "navy")]
    gateway = await start({**painter.document(), "images": {"fit": fit}})

    made = await wide(gateway)

    assert made.size == size
    assert made.getpixel((size[0] // 2, 450)) == (0, 0, 128)
    assert made.getpixel((0, 0)) == ((255, 255, 255) if fit == "pad" else (0, 0, 128))


@pytest.mark.parametrize("size", [(1600, 900), (1792, 1024), (1830, 1000), (1726, 1000)])
async def test_within_three_percent_a_ratio_fits(start: StartGateway, painter: Painter, size: tuple[int, int]) -> None:
    painter.pictures = [plain(size)]
    gateway = await start(painter.document())

    assert (await wide(gateway)).size == size


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
async def test_a_picture_that_fits_keeps_every_bit(start: StartGateway, painter: Painter, form: str) -> None:
    painter.pictures = [quarters((1600, 900), form.upper())]
    gateway = await start(painter.document())

    for answer in ("url", "b64_json"):
        fields = {"prompt": "a", "aspect_ratio": "16:9", "output_format": form, "response_format": answer}
        assert await picture(gateway, GENERATIONS, fields) == painter.pictures[0]
