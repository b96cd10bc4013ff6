"""A small picture becomes a large one, and a loupe shows what that was worth."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.async_api import expect
from support.samples import decoded, encoded, plain
from support.studio import DESKTOP, PHONE, OpenStudio, Studio, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_twice_as_large_with_its_measures_and_weights(open_studio: OpenStudio, device: dict[str, object]) -> None:
    desk = await (await open_studio(device=device)).turn_to("upscale")
    await desk.take("photo.png", plain((96, 64)))
    await expect(desk.find('[data-factor="4"]')).to_have_text(pixels(384, 256))

    picture = await desk.make()

    await expect(picture.locator(".facts")).to_contain_text(pixels(96, 64))
    await expect(picture.locator(".facts")).to_contain_text(f"→ {pixels(192, 128)}")
    assert decoded(await desk.shown(picture.locator("img.after"))).size == (192, 128)


async def test_four_times_comes_with_a_warning(studio: Studio) -> None:
    desk = await studio.turn_to("upscale")
    await desk.take("photo.png", plain((96, 64)))
    await expect(desk.find("#slow")).to_be_hidden()

    await desk.pick("upscale_factor", "x4")

    await expect(desk.find("#slow")).to_contain_text("takes longer")
    await expect((await desk.make()).locator(".facts")).to_contain_text(f"→ {pixels(384, 256)}")


async def test_what_is_too_large_for_the_gateway_is_told_before(open_studio: OpenStudio) -> None:
    desk = await (await open_studio({"upscale": {"max_output_pixels": 2_000_000}})).turn_to("upscale")
    asked: list[str] = []
    await desk.take("photo.png", plain((600, 600)))
    desk.page.on("request", lambda request: asked.append(request.url))

    await desk.pick("upscale_factor", "x4")
    await desk.submit()

    await expect(desk.find("#too-many-pixels")).to_have_text("That would be 6 megapixels; at most 2 are made here.")
    assert asked == []


async def test_the_loupe_is_moved_by_keys_and_the_pointer(studio: Studio) -> None:
    desk = await studio.turn_to("upscale")
    await desk.take("photo.png", plain((400, 300)))
    await desk.make()
    loupe = desk.stage.locator(".loupe")
    at_first = await loupe.get_attribute("style")

    await loupe.focus()
    await studio.page.keyboard.press("ArrowLeft")
    by_key = await loupe.get_attribute("style")
    frame = await desk.stage.locator(".compare").bounding_box()
    assert frame is not None
    await loupe.hover()
    await studio.page.mouse.down()
    await studio.page.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + frame["height"] * 0.5)
    await studio.page.mouse.up()

    assert at_first != by_key
    assert await loupe.evaluate("(lens) => [lens.style.left, lens.style.top].map(parseFloat).map(Math.round)") == [
        25,
        50,
    ]


async def test_the_loupe_begins_where_there_is_something_to_see(studio: Studio) -> None:
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste(Image.effect_noise((60, 60), 90).convert("RGB"), (80, 190))
    desk = await studio.turn_to("upscale")
    await desk.take("photo.png", encoded(picture, "PNG"))
    await desk.make()

    lens = desk.stage.locator(".loupe")
    # On the noise, wherever on it: from 80 to 140 of 400 across, from 190 to 250 of 300 down.
    await expect(lens).to_have_attribute("style", re.compile(r"left: (2\d|3[0-4])(\.\d+)?%; top: (6[3-9]|7\d|8[0-3])"))


async def test_a_generated_picture_goes_all_the_way(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await (await desk.make()).locator(".to-edit").click()
    desk = studio.desk("edit")
    await desk.has_taken()
    await desk.say("Add a rainbow in the sky")
    await (await desk.make()).locator(".to-upscale").click()
    desk = studio.desk("upscale")
    await desk.has_taken()

    await expect((await desk.make()).locator(".facts")).to_contain_text(pixels(1024, 1024))
    await expect(desk.pictures.locator(".facts")).to_contain_text(pixels(2048, 2048))
    await expect(studio.page.locator(".history li")).to_have_count(3)
