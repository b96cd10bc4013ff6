"""Masks: by transparency or by brightness, of the picture's own size; outside nothing changes."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, FormData
from PIL import Image, ImageChops
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, picture
from support.painter import Painter
from support.picture_site import PictureSite
from support.samples import alpha_mask, data_url, decoded, encoded, plain, text, white_mask

SIZE, BOX = (96, 64), (24, 16, 72, 48)
MASKS = {"alpha": alpha_mask(SIZE, BOX), "white": white_mask(SIZE, BOX)}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def grainy() -> Image.Image:
    return Image.effect_noise(SIZE, 90).convert("RGB")


def changed_box(before: Image.Image, after: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox()


@pytest.mark.parametrize("kind", MASKS)
async def test_only_what_the_mask_allows_is_changed(gateway: Gateway, kind: str) -> None:
    source = grainy()
    order = {"prompt": "make it blue", "image": data_url(encoded(source, "PNG")), "mask": text(MASKS[kind])}

    made = decoded(await picture(gateway, EDITS, order))

    assert changed_box(source, made) == BOX


async def test_without_a_mask_everything_may_change(gateway: Gateway) -> None:
    source = grainy()

    made = decoded(await picture(gateway, EDITS, {"prompt": "make it blue", "image": text(encoded(source, "PNG"))}))

    assert changed_box(source, made) == (0, 0, *SIZE)


async def test_a_mask_may_be_given_in_every_way_that_a_picture_may(neighbour: Gateway, site: PictureSite) -> None:
    source, mask = grainy(), MASKS["alpha"]
    form = FormData({"prompt": "make it blue", "response_format": "b64_json"})
    form.add_field("mask", mask, filename="m.png")
    form.add_field("image", encoded(source, "PNG"), filename="a.png")

    _, uploaded = await neighbour.post(EDITS, data=form)
    order = {"prompt": "make it blue", "image": text(encoded(source, "PNG")), "response_format": "b64_json"}
    ways = (text(mask), data_url(mask), site.show("/mask.png", mask))
    answers = [(await neighbour.post(EDITS, json={**order, "mask": given}))[1] for given in ways]

    assert len({answer["data"][0]["b64_json"] for answer in (uploaded, *answers)}) == 1


@pytest.mark.parametrize("size", [(95, 64), (64, 96), (192, 128), (1, 1)])
async def test_a_mask_of_another_size_is_refused(gateway: Gateway, size: tuple[int, int]) -> None:
    order = {"prompt": "make it blue", "image": text(plain(SIZE)), "mask": text(white_mask(size, (0, 0, 1, 1)))}

    status, body = await gateway.post(EDITS, json=order)

    error = error_in(body)
    assert (status, error["param"]) == (400, "mask")
    assert str(error["message"]).startswith("Invalid parameter: mask. ")
    assert "96x64" in str(error["message"])


async def test_the_first_of_several_pictures_sets_size_and_mask(gateway: Gateway) -> None:
    sources = [text(plain(SIZE)), text(plain((300, 200), "green"))]
    order = {"prompt": "make it blue", "image": sources, "mask": text(MASKS["white"])}

    made = decoded(await picture(gateway, EDITS, order))
    status, body = await gateway.post(EDITS, json={**order, "image": sources[::-1]})

    assert made.size == SIZE
    assert (status, error_in(body)["param"]) == (400, "mask")


async def test_a_mask_fits_a_photograph_as_it_is_shown(gateway: Gateway) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = encoded(Image.new("RGB", (64, 96), "red"), "JPEG", exif=exif)

    made = await picture(gateway, EDITS, {"prompt": "blue", "image": text(lying), "mask": text(MASKS["white"])})

    assert decoded(made).size == SIZE


@pytest.mark.parametrize("data", [b"no picture", b"", b"<svg/>"])
async def test_a_mask_that_is_no_picture_is_refused(gateway: Gateway, data: bytes) -> None:
    status, body = await gateway.post(EDITS, json={"prompt": "a", "image": text(plain()), "mask": data_url(data)})

    assert (status, error_in(body)["param"]) == (400, "mask")


@pytest.mark.parametrize("kind", MASKS)
async def test_a_provider_is_given_the_mask_in_its_own_way(start: StartGateway, painter: Painter, kind: str) -> None:
    gateway = await start(painter.document())

    await picture(gateway, EDITS, {"prompt": "blue", "image": text(plain(SIZE)), "mask": text(MASKS[kind])})

    files = dict(painter.asked[0].files)
    sent = decoded(files["mask"])
    assert (sent.mode, sent.size) == ("RGBA", SIZE)
    assert sent.getchannel("A").point(lambda alpha: 255 - alpha).getbbox() == BOX


async def test_a_mask_is_no_field_of_a_generation(gateway: Gateway) -> None:
    status, _ = await gateway.post(GENERATIONS, json={"prompt": "a hill", "mask": "what nobody reads"})

    assert status == 200
