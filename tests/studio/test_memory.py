"""The history: kept in the browser, enough to see a picture again and to make it again."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from support.samples import decoded, quarters
from support.studio import Desk, Studio, paint, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def made(studio: Studio) -> Desk:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.pick("aspect_ratio", "4:3")
    await desk.pick("n", "2")
    await desk.make(2)
    await expect(studio.page.locator(".history li")).to_have_count(1)
    return desk


async def test_it_survives_a_reload_with_its_pictures_and_its_fields(studio: Studio) -> None:
    desk = await made(studio)

    await studio.page.reload()
    await expect(studio.page.locator(".history .thumbs img")).to_have_count(2)
    await studio.page.click(".history .open")

    await expect(desk.pictures).to_have_count(2)
    await expect(desk.pictures.first.locator(".facts")).to_contain_text(pixels(1024, 768))
    await expect(desk.find("textarea")).to_have_value("A lighthouse")
    await expect(desk.find('input[name="n"][value="2"]')).to_be_checked()
    await expect(desk.find('input[name="aspect_ratio"][value="4:3"]')).to_be_checked()


async def test_a_picture_that_is_gone_leaves_its_thumbnail(studio: Studio) -> None:
    desk = await made(studio)
    studio.foretold.append("status of 404")
    await studio.page.route("**/images/*.png", lambda route: route.fulfill(status=404))

    await studio.page.click(".history .open")

    await expect(desk.pictures.first.locator(".facts")).to_contain_text("expired")
    await expect(desk.pictures.first.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg"))
    await expect(desk.pictures.first.locator(".link")).to_be_hidden()


async def test_one_entry_or_all_can_be_forgotten_for_good(studio: Studio) -> None:
    await made(studio)
    await studio.desk("generate").make(2)
    entries = studio.page.locator(".history li")
    await expect(entries).to_have_count(2)

    await studio.page.locator(".history .forget").first.click(force=True)
    await expect(entries).to_have_count(1)
    await studio.page.click("#history-clear")
    await expect(entries).to_have_count(1)
    await studio.page.click("#history-clear")

    await expect(studio.page.locator(".history")).to_be_hidden()
    await studio.page.reload()
    await expect(studio.page.locator(".history")).to_be_hidden()


async def test_a_mask_comes_back_with_the_picture_that_it_was_painted_on(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", quarters((320, 240)))
    await desk.find(".paint").click()
    await paint(desk, (0.25, 0.25), (0.4, 0.25))
    await studio.page.click("#painter .done")
    await desk.say("Invert the colours")
    first = decoded(await desk.shown((await desk.make()).locator("img.after")))
    await expect(studio.page.locator(".history li")).to_have_count(1)

    await studio.page.reload()
    await studio.page.click(".history .open")
    await expect(desk.find(".source .wrong")).to_contain_text("choose photo.png again")
    await desk.take("photo.png", quarters((320, 240)))
    await expect(desk.find(".paint span")).to_have_text("Change the mask")
    again = decoded(await desk.shown((await desk.make()).locator("img.after")))

    assert again.tobytes() == first.tobytes()


async def test_no_mask_is_laid_on_a_picture_of_another_size(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", quarters((320, 240)))
    await desk.find(".paint").click()
    await paint(desk, (0.25, 0.25), (0.4, 0.25))
    await studio.page.click("#painter .done")
    await desk.say("Invert the colours")
    await desk.make()
    await expect(studio.page.locator(".history li")).to_have_count(1)

    await studio.page.reload()
    await studio.page.click(".history .open")
    await desk.take("photo.png", quarters((240, 320)))

    await desk.has_taken()
    await expect(desk.find(".paint span")).to_have_text("Paint a mask")
