"""Generate, edit, upscale: each step works on what the last one hosted, and changes only what it should."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession
from PIL import Image, ImageChops, ImageStat
from support.background import Standing
from support.gateway import Gateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, ask
from support.samples import alpha_mask, decoded, text

BOX = (256, 128, 768, 512)


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


async def step(gateway: Gateway, path: str, **fields: object) -> tuple[str, Image.Image]:
    """URL and pixels of what one step made."""
    status, body = await gateway.post(path, json=fields)
    assert status == 200, body
    url = body["data"][0]["url"]
    return url, decoded((await ask(gateway, "GET", url)).body)


def difference(first: Image.Image, second: Image.Image) -> Image.Image:
    return ImageChops.difference(first.convert("RGB"), second.convert("RGB"))


async def test_the_whole_chain_keeps_what_it_does_not_change(gateway: Gateway) -> None:
    url, made = await step(gateway, GENERATIONS, prompt="a lighthouse by the sea", aspect_ratio="4:3")
    mask = text(alpha_mask(made.size, BOX))
    edited_url, edited = await step(gateway, EDITS, prompt="make it blue", image=url, mask=mask)
    _, larger = await step(gateway, UPSCALE, image=edited_url, upscale_factor="x2", output_format="webp")

    assert made.size == edited.size == (1024, 768)
    assert difference(made, edited).getbbox() == BOX  # outside the mask bit for bit
    assert (larger.size, larger.format) == ((2048, 1536), "WEBP")
    small_again = larger.convert("RGB").resize(edited.size, Image.Resampling.BOX)
    assert max(ImageStat.Stat(difference(edited, small_again)).mean) < 4


async def test_an_edit_changes_what_its_words_say(gateway: Gateway) -> None:
    url, made = await step(gateway, GENERATIONS, prompt="a lighthouse by the sea")

    _, grey = await step(gateway, EDITS, prompt="make it black and white", image=url)
    _, dark = await step(gateway, EDITS, prompt="make it darker", image=url)

    red, green, blue = grey.convert("RGB").split()
    assert max(ImageStat.Stat(ImageChops.difference(red, other)).mean[0] for other in (green, blue)) < 1
    assert ImageStat.Stat(dark.convert("L")).mean[0] < ImageStat.Stat(made.convert("L")).mean[0] - 5


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
async def test_every_step_takes_what_the_last_one_wrote(gateway: Gateway, form: str) -> None:
    url, _ = await step(gateway, GENERATIONS, prompt="a fox", output_format=form, size="768x1024")

    edited_url, edited = await step(gateway, EDITS, prompt="make it snow", image=url, output_format=form)
    _, larger = await step(gateway, UPSCALE, image=edited_url, output_format=form)

    assert (edited.size, larger.size) == ((768, 1024), (1536, 2048))
    assert edited.format == larger.format == form.upper()


async def test_several_variations_are_each_their_own(gateway: Gateway) -> None:
    _, body = await gateway.post(GENERATIONS, json={"prompt": "a fox", "n": 2})
    urls = [item["url"] for item in body["data"]]

    _, joined = await gateway.post(EDITS, json={"prompt": "make it snow", "image": urls, "n": 2})

    assert len({item["url"] for item in joined["data"]} | set(urls)) == 4
