"""What the page says when something goes wrong, and what it lets one do about it."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp.test_utils import unused_port
from playwright.async_api import expect
from support.background import Serve
from support.line import line_to
from support.painter import Painter
from support.samples import plain
from support.studio import OpenStudio, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECURED = {"auth": {"tokens": [{"name": "web", "token": "open-sesame"}]}}


async def test_a_token_is_asked_for_and_the_request_sent_again(open_studio: OpenStudio) -> None:
    studio = await open_studio(SECURED, expects=("status of 401",))
    await expect(studio.page.locator("#token-field")).to_be_focused()
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.submit()
    await expect(desk.failure).to_contain_text("Missing bearer token")

    await studio.page.fill("#token-field", "open-sesame")
    await studio.page.keyboard.press("Enter")

    await expect(desk.pictures).to_have_count(1)
    await expect(desk.find('select[name="model"]')).to_have_value("nano-banana")
    kept = "[sessionStorage, localStorage].map((area) => JSON.stringify(area).includes('open-sesame'))"
    assert await studio.page.evaluate(kept) == [True, False]


async def test_a_wrong_token_is_refused_in_the_gateways_words_and_can_be_forgotten(open_studio: OpenStudio) -> None:
    studio = await open_studio(SECURED, expects=("status of 401",))
    await studio.page.fill("#token-field", "wrong")
    await studio.page.keyboard.press("Enter")
    await expect(studio.page.locator("#token-why")).to_contain_text("Incorrect bearer token")

    await studio.page.click("#token-forget")

    assert await studio.page.evaluate("sessionStorage.length") == 0


async def test_the_command_names_the_token_and_never_holds_it(open_studio: OpenStudio) -> None:
    studio = await open_studio(SECURED, expects=("status of 401",))
    await studio.page.fill("#token-field", "open-sesame")
    await studio.page.keyboard.press("Enter")
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.make()

    await desk.stage.locator(".curl").click()
    await expect(studio.page.locator("#toast")).to_have_text("Command copied")

    copied = await studio.copied()
    assert '"Authorization: Bearer $TOKEN"' in copied
    assert "open-sesame" not in copied


async def test_a_backend_that_is_not_there(open_studio: OpenStudio, painter: Painter) -> None:
    address = f"http://127.0.0.1:{unused_port()}"
    desk = (await open_studio(painter.document(base_url=address), expects=("status of 50",))).desk("generate")
    await desk.say("A lighthouse")

    await desk.submit()

    await expect(desk.failure).to_be_visible()
    await expect(desk.failure.locator(".message")).not_to_be_empty()
    await expect(desk.failure.locator(".retry")).to_be_visible()
    await expect(desk.find("form .primary")).to_be_enabled()


async def test_a_limit_counts_down_to_the_next_try(open_studio: OpenStudio) -> None:
    token = {**SECURED["auth"]["tokens"][0], "requests_per_minute": 2}
    studio = await open_studio({"auth": {"tokens": [token]}}, expects=("status of 401", "status of 429"))
    await studio.page.clock.install()
    await studio.page.fill("#token-field", "open-sesame")
    await studio.page.keyboard.press("Enter")
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.make()
    await desk.submit()
    retry = desk.failure.locator(".retry")
    await expect(retry).to_contain_text("Try again in ")
    await expect(retry).to_be_disabled()

    await studio.page.clock.fast_forward(120_000)

    await expect(retry).to_be_enabled()
    await expect(retry).to_have_text("Try again")


async def test_a_timeout_can_be_tried_again(open_studio: OpenStudio, painter: Painter) -> None:
    painter.may_answer.clear()
    document = {**painter.document(), "server": {"request_timeout": 0.5}}
    desk = (await open_studio(document, expects=("status of 504",))).desk("generate")
    await desk.say("A lighthouse")
    await desk.submit()
    await expect(desk.failure).to_contain_text("Server polling timeout")
    await expect(desk.failure).to_contain_text("trying again may be billed again")
    painter.may_answer.set()

    await desk.failure.locator(".retry").click()

    await expect(desk.pictures).to_have_count(1)


async def test_a_refused_prompt_is_not_offered_again(open_studio: OpenStudio, painter: Painter) -> None:
    refusal = {"error": {"message": "no", "type": "invalid_request_error", "code": "content_policy_violation"}}
    painter.failure = (400, refusal, {})
    desk = (await open_studio(painter.document(), expects=("status of 400",))).desk("generate")
    await desk.say("A lighthouse")

    await desk.submit()

    await expect(desk.failure).to_contain_text("Refused by the backend")
    await expect(desk.failure).to_contain_text("Say it in other words")
    await expect(desk.failure.locator(".retry")).to_be_hidden()


async def test_a_broken_line_is_taken_up_again_and_nothing_is_made_twice(
    open_studio: OpenStudio, serve: Serve, painter: Painter
) -> None:
    painter.may_answer.clear()
    async with line_to(serve(painter.document())) as line:
        desk = (await open_studio(at=line.address, expects=("net::ERR_",))).desk("generate")
        await desk.say("A lighthouse")
        await desk.submit()
        await asyncio.wait_for(painter.has_been_asked.wait(), 5)

        line.cut()
        await expect(desk.stage.locator(".what")).to_contain_text("Connection lost")
        line.mend()
        painter.may_answer.set()

        await expect(desk.pictures).to_have_count(1)
        assert len(painter.asked) == 1


@pytest.mark.parametrize(
    ("name", "data", "kind", "words"),
    [
        ("large.png", plain((96, 64)) + bytes(4000), "image/png", "large.png has 4.1 kB; at most 2.0 kB"),
        ("wide.png", plain((300, 300)), "image/png", f"wide.png has {pixels(300, 300)} pixels"),
        ("photo.heic", b"heic", "image/heic", "photo.heic is no PNG"),
        ("text.png", b"text", "image/png", "text.png is damaged"),
    ],
)
async def test_a_picture_that_would_be_refused_is_told_before_it_is_sent(
    open_studio: OpenStudio, name: str, data: bytes, kind: str, words: str
) -> None:
    limits = {"inputs": {"max_size": 2048, "max_pixels": 20_000}}
    desk = await (await open_studio(limits)).turn_to("edit")

    await desk.take(name, data, kind)

    await expect(desk.find(".source .wrong")).to_contain_text(words)
    await expect(desk.find(".chosen")).to_be_hidden()


async def test_an_edit_without_a_picture_says_so(open_studio: OpenStudio) -> None:
    desk = await (await open_studio()).turn_to("edit")
    await desk.say("Invert the colours")

    await desk.submit()

    await expect(desk.find(".source .wrong")).to_have_text("Choose a picture first.")
    await expect(desk.find(".source input[type=url]")).not_to_have_attribute("aria-invalid", "true")


async def test_what_is_just_above_the_limit_is_not_said_to_have_what_is_taken(open_studio: OpenStudio) -> None:
    desk = await (await open_studio({"inputs": {"max_size": 2048}})).turn_to("edit")

    await desk.take("huge.png", bytes(2049))

    await expect(desk.find(".source .wrong")).to_contain_text("huge.png has more; at most 2.0 kB are taken")


async def test_the_token_field_is_seen_whole(open_studio: OpenStudio) -> None:
    studio = await open_studio(SECURED, expects=("status of 401",))
    await studio.page.set_viewport_size({"width": 1280, "height": 500})
    await studio.page.mouse.wheel(0, 400)
    desk = studio.desk("generate")
    await desk.say("A lighthouse")

    await desk.submit()

    await expect(desk.failure).to_be_visible()
    bar, box = [await studio.page.locator(part).bounding_box() for part in (".bar", "#token")]
    assert bar is not None
    assert box is not None
    assert box["y"] >= bar["y"] + bar["height"]
