"""Pictures that clients hand in: every way to give one, every format, and who is turned away (I2)."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, MultipartWriter
from PIL import Image
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, UPSCALE, ask, picture, picture_of
from support.painter import Painter
from support.picture_site import PictureSite
from support.samples import data_url, decoded, encoded, mpo, plain, quarters, text

SOURCE = quarters((40, 30))
URLSAFE = text(SOURCE).replace("+", "-").replace("/", "_").rstrip("=")
GIVEN_AS_TEXT = {
    "data URL": data_url(SOURCE),
    "data URL of a wrong type": data_url(SOURCE, "image/webp"),
    "data URL with parameters": f"data:image/png;name=a.png;base64,{text(SOURCE)}",
    "data URL in capitals": f"DATA:IMAGE/PNG;BASE64,{text(SOURCE)}",
    "bare base64": text(SOURCE),
    "base64 in lines": "\r\n".join(text(SOURCE)[at : at + 76] for at in range(0, len(text(SOURCE)), 76)),
    "url-safe base64 without padding": URLSAFE,
}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def upload(*files: tuple[str, bytes, str, str], **texts: str) -> FormData:
    """A form of (name, bytes, filename, type), the files first."""
    form = FormData()
    for name, data, filename, kind in files:
        form.add_field(name, data, filename=filename, content_type=kind)
    for name, value in texts.items():
        form.add_field(name, value)
    return form


async def upscaled(gateway: Gateway, status_and_body: tuple[int, Any]) -> Image.Image:
    status, body = status_and_body
    assert status == 200, body
    return decoded(await picture_of(gateway, body["data"][0]))


def assert_twice_the_source(made: Image.Image) -> None:
    assert made.size == (80, 60)
    assert [made.getpixel(at) for at in ((2, 2), (77, 2), (2, 57), (77, 57))] == [
        (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", GIVEN_AS_TEXT)
async def test_a_picture_may_be_given_as_text(gateway: Gateway, kind: str) -> None:
    sent = GIVEN_AS_TEXT[kind]

    for answer in (
        await gateway.post(UPSCALE, json={"image": sent}),
        await gateway.post(UPSCALE, json={"image": [sent]}),
        await gateway.post(UPSCALE, data={"image": sent}),
        await gateway.get(UPSCALE, params={"image": sent}),
    ):
        assert_twice_the_source(await upscaled(gateway, answer))


@pytest.mark.parametrize(
    ("name", "filename", "kind"),
    [
        ("image", "photo.png", "image/png"),
        ("image[]", "photo.png", "image/png"),
        ("image", "upload", "application/octet-stream"),
        ("image", "blob", "image/jpeg"),
        ("image", "/path/to/t.png", "image/png"),
        ("image", "..\\..\\evil.exe", "text/html"),
        ("image", "f" * 5000 + ".png", "image/png"),
        ("image", "фото 🍌.heic", "image/heic"),
    ],
)
async def test_a_picture_may_be_uploaded_whatever_it_is_called(
    gateway: Gateway, name: str, filename: str, kind: str
) -> None:
    form = upload((name, SOURCE, filename, kind))

    assert_twice_the_source(await upscaled(gateway, await gateway.post(UPSCALE, data=form)))


async def test_a_form_may_come_in_chunks_and_in_any_order(gateway: Gateway) -> None:
    form = upload(("image", SOURCE, "t.png", "application/octet-stream"), upscale_factor="x4")()
    buffer = io.BytesIO()

    class Sink:
        async def write(self, data: bytes) -> None:
            buffer.write(data)

    await form.write(Sink())  # type: ignore[arg-type]  # as much of a writer as is needed

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(buffer.getvalue()), 50):
            yield buffer.getvalue()[at : at + 50]

    status, body = await gateway.post(UPSCALE, data=chunks(), headers={"Content-Type": form.content_type})
    assert (await upscaled(gateway, (status, body))).size == (160, 120)


async def test_a_picture_part_needs_no_filename(gateway: Gateway) -> None:
    form = MultipartWriter("form-data")
    form.append(SOURCE, {"Content-Type": "image/png"}).set_content_disposition("form-data", name="image")

    assert_twice_the_source(await upscaled(gateway, await gateway.post(UPSCALE, data=form)))


async def test_a_picture_may_be_named_by_its_url(neighbour: Gateway, site: PictureSite) -> None:
    url = site.show("/photo", SOURCE)

    for answer in (
        await neighbour.post(UPSCALE, json={"image": url.replace("http", "HTTP")}),
        await neighbour.post(UPSCALE, data={"image": url}),
        await neighbour.get(UPSCALE, params={"image": url}),
    ):
        assert_twice_the_source(await upscaled(neighbour, answer))
    assert site.visits == ["/photo"] * 3


@pytest.mark.parametrize(
    ("form", "options"),
    [("PNG", {}), ("JPEG", {"quality": 98}), ("GIF", {}), ("WEBP", {"lossless": True}), ("BMP", {})],
)
async def test_the_five_formats_are_taken_by_their_bytes(gateway: Gateway, form: str, options: dict[str, Any]) -> None:
    source = quarters((40, 30), form, **options)

    made = await upscaled(gateway, await gateway.post(UPSCALE, json={"image": text(source)}))

    assert made.size == (80, 60)
    red, green, blue = made.convert("RGB").getpixel((4, 4))  # type: ignore[misc]  # three bands, so three numbers
    assert red > 200
    assert max(green, blue) < 60


async def test_of_a_camera_s_mpo_and_of_an_animation_the_first_picture_counts(gateway: Gateway) -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("red", "blue")]
    animation = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    for source in (mpo(), animation):
        made = await upscaled(gateway, await gateway.post(UPSCALE, json={"image": text(source)}))
        red, _, blue = made.convert("RGB").getpixel((20, 20))  # type: ignore[misc]  # three bands
        assert (red > 200, blue < 60) == (True, True)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
async def test_pictures_of_every_mode_are_taken(gateway: Gateway, mode: str) -> None:
    source = encoded(Image.new(mode, (20, 20)), "JPEG" if mode == "CMYK" else "PNG")

    assert (await upscaled(gateway, await gateway.post(UPSCALE, json={"image": text(source)}))).size == (40, 40)


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (HEIC, "HEIC"),
        (AVIF, "AVIF"),
        (SVG, "SVG"),
        (encoded(Image.new("RGB", (8, 8)), "TIFF"), "TIFF"),
        (encoded(Image.new("RGB", (8, 8)), "ICO"), "ICO"),
        (b"%PDF-1.7\n" + bytes(64), "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"8BPS" + bytes(64), "PSD"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
        (b"just words", "text"),
        (bytes(100), "known format"),
    ],
)
async def test_another_format_is_refused_by_name(gateway: Gateway, data: bytes, word: str) -> None:
    uploaded = await gateway.post(UPSCALE, data=upload(("image", data, "a.png", "image/png")))
    inline = await gateway.post(UPSCALE, json={"image": data_url(data)})

    for status, body in (uploaded, inline):
        error = error_in(body)
        assert (status, error["param"]) == (400, "image")
        assert word in str(error["message"])
        assert "PNG, JPEG, WebP, GIF and BMP" in str(error["message"])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
async def test_a_damaged_picture_is_the_sender_s_fault(gateway: Gateway, form: str) -> None:
    whole = encoded(Image.effect_noise((64, 64), 80).convert("RGB"), form)

    for data in (whole[: len(whole) // 2], whole[:20], whole[:-1] if form != "BMP" else whole[:-9]):
        status, body = await gateway.post(UPSCALE, json={"image": text(data)})
        error = error_in(body)
        assert (status, error["param"], error["type"]) == (400, "image", "invalid_request_error")


@pytest.mark.parametrize(
    "value", ["not base64!", "data:image/png,raw", "data:;base64,", "ftp://a/b.png", "/etc/passwd", "//a.example/b.png"]
)
async def test_text_that_is_no_picture_is_refused(gateway: Gateway, value: str) -> None:
    for answer in (
        await gateway.post(UPSCALE, json={"image": value}),
        await gateway.get(UPSCALE, params={"image": value}),
    ):
        assert (answer[0], error_in(answer[1])["param"]) == (400, "image")


async def test_too_many_pixels_are_refused_before_they_are_decoded(start: StartGateway) -> None:
    gateway = await start({"inputs": {"max_pixels": 10_000}, "upscale": {"max_output_pixels": 40_000}})

    statuses = [
        (await gateway.post(UPSCALE, json={"image": text(plain(size)), "upscale_factor": factor}))[0]
        for size, factor in (((100, 100), "x2"), ((100, 100), "x4"), ((101, 100), "x2"))
    ]

    assert statuses == [200, 400, 400]


@pytest.mark.parametrize("kind", ["list", "image[]", "image", "mixed"])
async def test_sixteen_pictures_reach_the_backend_in_their_order(
    start: StartGateway, painter: Painter, site: PictureSite, kind: str
) -> None:
    sources = [plain((16, 16), (index, 0, 0)) for index in range(16)]
    gateway = await start({**painter.document(), "inputs": {"allow_private_networks": True}})

    status, body = await gateway.post(EDITS, **carried(kind, sources, site))

    assert status == 200, body
    assert [decoded(data).getpixel((0, 0)) for _, data in painter.asked[0].files] == [(i, 0, 0) for i in range(16)]


def carried(kind: str, sources: list[bytes], site: PictureSite) -> dict[str, Any]:
    """`sources` as options of a POST."""
    if kind == "list":
        return {"json": {"prompt": "join", "image": [data_url(source) for source in sources]}}
    if kind == "mixed":
        ways: list[Callable[[bytes], str]] = [text, data_url, lambda source: site.show(f"/{hash(source)}", source)]
        images = [ways[index % 3](source) for index, source in enumerate(sources)]
        return {"json": {"prompt": "join", "image": images}}
    return {"data": upload(*((kind, source, "a.png", "image/png") for source in sources), prompt="join")}


async def test_seventeen_pictures_are_too_many(gateway: Gateway) -> None:
    many = [data_url(plain((8, 8)))] * 17
    form = upload(*(("image[]", plain((8, 8)), "a.png", "image/png") for _ in range(17)), prompt="join")

    for status, body in (
        await gateway.post(EDITS, json={"prompt": "join", "image": many}),
        await gateway.post(EDITS, data=form),
    ):
        assert (status, error_in(body)["param"]) == (400, "image")
        assert "16" in str(error_in(body)["message"])


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [(1, "RGBW"), (2, "GRWB"), (3, "WBGR"), (4, "BWRG"), (5, "RBGW"), (6, "BRWG"), (7, "WGBR"), (8, "GWRB")],
)
async def test_a_photograph_lying_on_its_side_is_stood_upright(
    start: StartGateway, painter: Painter, orientation: int, corners: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = quarters((96, 64), "JPEG", quality=98, exif=exif)
    gateway = await start(painter.document())

    local = decoded(await picture(gateway, UPSCALE, {"image": text(source)}))
    await picture(gateway, EDITS, {"prompt": "warmer", "image": text(source)})

    assert corners_of(local) == corners_of(decoded(painter.asked[0].files[0][1])) == corners


def corners_of(image: Image.Image) -> str:
    right, bottom = image.width - 8, image.height - 8
    found = [image.convert("RGB").getpixel(at) for at in ((8, 8), (right, 8), (8, bottom), (right, bottom))]
    names = {(True, False, False): "R", (False, True, False): "G", (False, False, True): "B", (True, True, True): "W"}
    return "".join(names[tuple(band > 128 for band in pixel)] for pixel in found)  # type: ignore[union-attr, index]  # three bands


async def test_a_url_that_cannot_be_fetched_is_one_and_the_same_refusal(gateway: Gateway, site: PictureSite) -> None:
    urls = [
        site.show("/there", SOURCE),
        "http://127.0.0.1:1/closed",
        "http://10.0.0.1/",
        "http://nowhere.invalid/a.png",
    ]

    replies = [await ask(gateway, "POST", UPSCALE, json={"image": url}) for url in urls]

    assert {reply.status for reply in replies} == {400}
    assert len({reply.body for reply in replies}) == 1
    assert error_in(json.loads(replies[0].body))["param"] == "image"
    assert site.visits == []


async def test_pictures_named_by_url_have_a_total_too(start: StartGateway, painter: Painter, site: PictureSite) -> None:
    """As many as may be named, each of the largest size, would be ten times what a request may bring itself."""
    gateway = await start(
        {**painter.document(), "inputs": {"allow_private_networks": True}, "server": {"max_body": "128KiB"}}
    )
    urls = [site.show(f"/{number}", encoded(Image.effect_noise((200, 200), 90), "PNG")) for number in range(6)]

    status, body = await gateway.post(EDITS, json={"prompt": "a collage", "image": urls[:2]})
    assert status == 200, body
    status, body = await gateway.post(EDITS, json={"prompt": "a collage", "image": urls})

    assert status == 413
    assert error_in(body)["param"] == "image"
    assert "131072 bytes in all" in str(error_in(body)["message"])


async def test_work_that_would_take_too_much_memory_is_refused_in_so_many_words(start: StartGateway) -> None:
    gateway = await start({"server": {"decode_memory": "1MiB"}})
    good, large = data_url(plain((200, 100))), data_url(plain((1000, 800)))

    assert (await gateway.post(UPSCALE, json={"image": good}))[0] == 200
    for path, body in ((UPSCALE, {"image": large}), (EDITS, {"image": large, "prompt": "brighter"})):
        status, answer = await gateway.post(path, json=body)
        assert (status, error_in(answer)["param"]) == (400, "image")
        assert "MiB of memory; one may take at most 3" in str(error_in(answer)["message"])
