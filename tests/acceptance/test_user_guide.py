"""Every example of the published guide, sent as it stands there but for the address of the picture."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, FormData
from PIL import Image
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway
from support.images_api import ask, picture_of
from support.picture_site import PictureSite
from support.samples import data_url, decoded, encoded, photograph, quarters, text

PHOTO = (320, 240)


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


async def only_picture(gateway: Gateway, answer: tuple[int, Any]) -> Image.Image:
    status, body = answer
    assert status == 200, body
    assert len(body["data"]) == 1
    return decoded(await picture_of(gateway, body["data"][0]))


@pytest.fixture
def photo(site: PictureSite) -> str:
    return site.show("/image.png", encoded(decoded(photograph(PHOTO)), "PNG"))


async def test_the_quick_health_check(gateway: Gateway) -> None:
    status, body = await gateway.get("/v1/models")

    assert (status, body["object"]) == (200, "list")
    assert [model["id"] for model in body["data"]] == ["nano-banana", "imagen-4.0-upscale-preview"]


async def test_image_generation(gateway: Gateway) -> None:
    sent = {
        "prompt": "A cinematic product photo of a golden banana on a marble table",
        "model": "nano-banana",
        "n": 1,
        "aspect_ratio": "1:1",
        "output_format": "png",
        "response_format": "url",
    }

    status, body = await gateway.post("/v1/images/generations", json=sent)

    assert (await only_picture(gateway, (status, body))).size == (1024, 1024)
    assert body["data"][0]["url"].endswith("_generate.png")
    assert body["data"][0]["revised_prompt"] == sent["prompt"]


async def test_image_generation_with_get(gateway: Gateway) -> None:
    query = (
        "prompt=A%20serene%20mountain%20landscape%20at%20sunset&aspect_ratio=16:9&output_format=png&response_format=url"
    )

    status, body = await gateway.get(f"/v1/images/generations?{query}")

    assert (await only_picture(gateway, (status, body))).size == (1792, 1024)
    assert body["data"][0]["revised_prompt"] == "A serene mountain landscape at sunset"


async def test_image_editing(neighbour: Gateway, photo: str) -> None:
    sent = {
        "prompt": "Add soft golden sunset lighting and a rainbow in the sky",
        "image": photo,
        "model": "nano-banana",
        "n": 1,
        "aspect_ratio": "1:1",
        "response_format": "url",
    }

    made = await only_picture(neighbour, await neighbour.post("/v1/images/edits", json=sent))

    assert made.width == made.height


async def test_image_editing_with_get(neighbour: Gateway, photo: str) -> None:
    query = f"prompt=Add%20a%20rainbow%20in%20the%20sky&image={quote(photo, safe='')}&response_format=url"

    made = await only_picture(neighbour, await neighbour.get(f"/v1/images/edits?{query}"))

    assert made.size == PHOTO


@pytest.mark.parametrize(("factor", "times"), [("x2", 2), ("x4", 4), (None, 2)])
async def test_image_upscaling(neighbour: Gateway, photo: str, factor: str | None, times: int) -> None:
    sent = {"image": photo, "upscale_factor": factor, "response_format": "url"}

    made = await only_picture(neighbour, await neighbour.post("/v1/images/upscale", json=sent))

    assert made.size == (PHOTO[0] * times, PHOTO[1] * times)


async def test_image_upscaling_with_get(neighbour: Gateway, photo: str) -> None:
    query = f"image={quote(photo, safe='')}&upscale_factor=x2&response_format=url"

    made = await only_picture(neighbour, await neighbour.get(f"/v1/images/upscale?{query}"))

    assert made.size == (640, 480)


@pytest.mark.parametrize("path", ["/v1/images/edits", "/v1/images/upscale"])
async def test_a_photograph_is_uploaded_from_the_disk(gateway: Gateway, path: str) -> None:
    form = FormData({"prompt": "Make the sky warmer", "response_format": "b64_json"})
    form.add_field("image", photograph(PHOTO, orientation=6), filename="IMG_0042.JPG", content_type="image/jpeg")

    made = await only_picture(gateway, await gateway.post(path, data=form))

    assert made.width / made.height == pytest.approx(PHOTO[1] / PHOTO[0])  # stood upright


@pytest.mark.parametrize("path", ["/v1/images/edits", "/v1/images/upscale"])
@pytest.mark.parametrize("kind", ["jpeg", "jpg", "png", "gif", "webp", "bmp"])
async def test_every_documented_type_is_taken_in_every_documented_form(gateway: Gateway, path: str, kind: str) -> None:
    source = quarters((40, 30), "JPEG" if kind == "jpg" else kind.upper())
    form = FormData({"prompt": "Make it warmer"})
    form.add_field("image", source, filename=f"a.{kind}", content_type=f"image/{kind}")

    statuses = [(await gateway.post(path, data=form))[0]]
    for image in (data_url(source, f"image/{kind}"), text(source)):
        statuses.append((await gateway.post(path, json={"prompt": "Make it warmer", "image": image}))[0])  # noqa: PERF401 - one after the other

    assert statuses == [200] * 3


async def test_base64_renders_with_the_prefix_that_the_guide_adds(gateway: Gateway) -> None:
    _, body = await gateway.post("/v1/images/generations", json={"prompt": "a fox", "response_format": "b64_json"})

    shown = body["data"][0]["b64_json"]
    assert not shown.startswith("data:")
    assert decoded(base64.b64decode(shown, validate=True)).format == "PNG"


async def test_the_error_of_the_guide(gateway: Gateway) -> None:
    status, body = await gateway.post("/v1/images/generations", json={"model": "nano-banana"})

    assert status == 400
    assert str(error_in(body)["message"]).startswith("Missing or invalid required parameter: prompt")


async def test_the_copy_paste_starter(gateway: Gateway) -> None:
    """As a browser runs it: a preflight, the request, and the two fields that the script reads."""
    page = {"Origin": "http://localhost:3000"}
    asking = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    prompt = "A cozy robot painting a banana in a sunlit studio"
    sent = {"prompt": prompt, "model": "nano-banana", "n": 1, "aspect_ratio": "1:1", "output_format": "png"}

    preflight = await ask(gateway, "OPTIONS", "/v1/images/generations", headers=asking)
    reply = await ask(gateway, "POST", "/v1/images/generations", json=sent, headers=page)

    assert preflight.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    first = json.loads(reply.body)["data"][0]
    assert first["url"].startswith(gateway.address)
    assert first["revised_prompt"] == prompt
