"""Size to aspect ratio, as the contract says it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from support.links import Mount

from gateway.errors import BadRequest
from gateway.images import AspectRatio, EditRequest, GenerateRequest, PictureUrl
from gateway.middleware.aspect_ratio import aspect_ratio, ratio_of_size
from gateway.middleware.links import Handler, Link
from gateway.request_keys import IMAGE_REQUEST

GENERATE = GenerateRequest(model="m", prompt="p")
EDIT = EditRequest(model="m", prompt="p", images=(PictureUrl("https://example.com/a.png"),))


@pytest.mark.parametrize(
    ("size", "ratio"),
    [
        ("1024x1024", "1:1"),
        ("1792x1024", "16:9"),
        ("1024x1792", "9:16"),
        ("768x1024", "3:4"),
        ("1024x768", "4:3"),
        ("512x512", "1:1"),
        ("1536x1024", "4:3"),
        ("1920x1080", "16:9"),
        ("1080x1920", "9:16"),
        ("16:9", "16:9"),
        (" 1024X1024 ", "1:1"),
        ("64x64", "1:1"),
        ("8192x8192", "1:1"),
        ("464x225", "16:9"),  # these are as far as allowed to the last digit, where floats lose one
        ("225x464", "9:16"),
    ],
)
def test_a_size_selects_the_nearest_ratio(size: str, ratio: str) -> None:
    assert ratio_of_size(size) == AspectRatio(ratio)


def test_auto_means_absent() -> None:
    assert ratio_of_size("auto") is None


@pytest.mark.parametrize(
    "size",
    [
        "",
        "big",
        "1024",
        "1024x",
        "x1024",
        "2:1",
        "2200x1000",
        "63x63",
        "8193x8193",
        "0x0",
        "-1x1",
        "\u0661\u0660x1024",
        "1e3x1e3",
        "99999999x1",
    ],
)
def test_any_other_size_is_refused_with_what_is_accepted(size: str) -> None:
    with pytest.raises(BadRequest, match=r"1024x1024, 1792x1024.*auto, 1:1") as caught:
        ratio_of_size(size)
    assert caught.value.param == "size"


def leave(order: GenerateRequest | EditRequest) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[IMAGE_REQUEST] = order
        return await handler(request)

    return link


async def say_ratio(request: web.Request) -> web.StreamResponse:
    order = request[IMAGE_REQUEST]
    assert isinstance(order, GenerateRequest | EditRequest)
    return web.Response(text=str(order.ratio))


@pytest.mark.parametrize(
    ("order", "ratio"),
    [
        (GENERATE, "1:1"),
        (replace(GENERATE, size="auto"), "1:1"),
        (replace(GENERATE, size="1792x1024"), "16:9"),
        (replace(GENERATE, size="1792x1024", aspect_ratio="3:4"), "3:4"),
        (replace(GENERATE, size="nonsense", aspect_ratio="3:4"), "3:4"),
        (EDIT, "None"),
        (replace(EDIT, size="auto"), "None"),
        (replace(EDIT, aspect_ratio="4:3"), "4:3"),
    ],
)
async def test_the_link_hands_on_the_ratio(mount: Mount, order: GenerateRequest | EditRequest, ratio: str) -> None:
    client = await mount(leave(order), aspect_ratio(), handler=say_ratio)
    response = await client.get("/")
    assert await response.text() == ratio
