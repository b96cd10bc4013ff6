"""The WebUI as the one backend of a live gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, picture
from support.samples import alpha_mask, data_url, decoded, quarters
from support.webui import WebUI, webui


@pytest.fixture
async def ui() -> AsyncIterator[WebUI]:
    async with webui() as running:
        yield running


@pytest.fixture
async def front(ui: WebUI, start: StartGateway) -> Gateway:
    upstream = {"driver": "automatic1111", "base_url": ui.address, "family": "sd15", "previews": True}
    models = {
        "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["sd"]},
        "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["sd"]},
    }
    return await start({"upstreams": {"sd": upstream}, "models": models})


@pytest.mark.parametrize(
    ("path", "fields", "size"),
    [
        (GENERATIONS, {"prompt": "a lighthouse", "aspect_ratio": "16:9"}, (768, 432)),
        (EDITS, {"prompt": "snow", "image": data_url(quarters((400, 400)))}, (400, 400)),
        (
            EDITS,
            {
                "prompt": "snow",
                "image": data_url(quarters((400, 400))),
                "mask": data_url(alpha_mask((400, 400), (0, 0, 200, 400))),
            },
            (400, 400),
        ),
        (UPSCALE, {"image": data_url(quarters((33, 31))), "upscale_factor": "x4"}, (132, 124)),
    ],
    ids=["generate", "edit", "inpaint", "upscale"],
)
async def test_every_operation_ends_in_the_asked_format(
    front: Gateway, path: str, fields: dict[str, Any], size: tuple[int, int]
) -> None:
    result = decoded(await picture(front, path, {**fields, "output_format": "jpeg"}))

    assert (result.format, result.size) == ("JPEG", size)


async def test_a_client_that_goes_away_stops_the_webui_within_a_second(front: Gateway, ui: WebUI) -> None:
    ui.may_end.clear()
    asking = asyncio.create_task(front.post(GENERATIONS, json={"prompt": "a lighthouse"}))
    await ui.arrived.get()

    asking.cancel()

    async with asyncio.timeout(1):
        await ui.may_end.wait()
    assert ui.interrupted == 1


async def test_a_client_that_streams_sees_progress_and_previews(front: Gateway, ui: WebUI) -> None:
    ui.may_end.clear()
    order = {"prompt": "a lighthouse", "stream": True}

    async with front.client.post(front.address + GENERATIONS, json=order) as response:
        begun = await response.content.readuntil(b"image_generation.partial_image")
        ui.may_end.set()
        rest = await response.content.read()

    assert b": progress 0.25" in begun
    assert rest.count(b"event: image_generation.completed") == 1


async def test_a_bad_extra_of_a_form_is_named(front: Gateway, ui: WebUI) -> None:
    status, answer = await front.post(GENERATIONS, data={"prompt": "a lighthouse", "seed": "soon"})

    assert (status, answer["error"]["param"]) == (400, "seed")
    assert "-1 to 4294967295" in answer["error"]["message"]
    assert ui.asked == []


async def test_nothing_that_the_webui_says_reaches_the_client(front: Gateway, ui: WebUI) -> None:
    ui.instead = web.json_response({"error": "AssertionError", "errors": "/home/somebody/secret"}, status=500)

    status, answer = await front.post(GENERATIONS, json={"prompt": "a lighthouse"})

    assert (status, answer["error"]["message"]) == (500, "Upstream API error: 500 - Internal Server Error")
