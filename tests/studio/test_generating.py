"""From a prompt to pictures that can be kept."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import ClientSession
from playwright.async_api import expect
from support.painter import Painter
from support.programs import program
from support.samples import decoded, plain
from support.studio import DESKTOP, PHONE, OpenStudio, Studio, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")

WATCH_PROGRESS = """() => {
    window.seen = [];
    const look = () => {
        const bar = document.querySelector('progress');
        if (bar?.hasAttribute('value')) window.seen.push(bar.value);
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_prompt_becomes_a_picture_of_the_chosen_shape(
    open_studio: OpenStudio, device: dict[str, object]
) -> None:
    desk = (await open_studio(device=device)).desk("generate")
    await desk.say("A lighthouse at night")
    await desk.pick("aspect_ratio", "16:9")

    picture = await desk.make()

    await expect(picture.locator("img")).to_be_in_viewport()
    await expect(picture.locator(".facts")).to_contain_text(pixels(1792, 1024))
    await expect(picture.locator(".facts")).to_contain_text("PNG")
    assert decoded(await desk.shown(picture.locator("img"))).size == (1792, 1024)


async def test_four_pictures_in_another_format_and_with_a_seed(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.pick("n", "4")
    await desk.pick("output_format", "webp")
    await desk.find("summary").click()
    await desk.find('input[name="seed"]').fill("7")

    async with studio.page.expect_request("**/v1/images/generations") as asked:
        await desk.make(4)

    sent = json.loads((await asked.value).post_data or "")
    assert {key: sent[key] for key in ("n", "seed", "output_format", "model")} == {
        "n": 4,
        "seed": 7,
        "output_format": "webp",
        "model": "nano-banana",
    }
    await expect(desk.pictures.last.locator(".facts")).to_contain_text("WEBP")


async def test_the_copied_link_leads_to_the_picture(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    picture = await desk.make()

    await picture.locator(".link").click()
    await expect(studio.page.locator("#toast")).to_have_text("Link copied")

    async with ClientSession() as client, client.get(await studio.copied()) as response:
        assert response.status == 200
        assert decoded(await response.read()).size == (1024, 1024)


async def test_a_download_is_named_after_the_prompt(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A red Lighthouse, at night!")
    picture = await desk.make()

    async with studio.page.expect_download() as download:
        await picture.locator(".download").click()

    assert (await download.value).suggested_filename == "a-red-lighthouse-at-night-1.png"
    assert decoded((await (await download.value).path()).read_bytes()).size == (1024, 1024)


async def test_the_copied_command_runs_whatever_the_prompt_holds(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say('It\'s a "lighthouse"\n$(touch /nowhere) `x` \\')
    await desk.make()

    await desk.stage.locator(".curl").click()
    await expect(studio.page.locator("#toast")).to_have_text("Command copied")

    answer = await run(await studio.copied())
    assert answer["data"][0]["revised_prompt"] == 'It\'s a "lighthouse"\n$(touch /nowhere) `x` \\'


async def test_the_counter_counts_as_the_gateway_does(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("  \N{BANANA}\N{BANANA} ")

    await expect(desk.find(".count")).to_have_text("2 / 4096")


@pytest.mark.parametrize(("prompt", "words"), [(" ", "Say what"), ("x" * 4097, "At most 4096 characters")])
async def test_what_would_be_refused_is_not_sent(studio: Studio, prompt: str, words: str) -> None:
    desk = studio.desk("generate")
    asked: list[str] = []
    studio.page.on("request", lambda request: asked.append(request.url))
    await desk.say(prompt)

    await desk.submit()

    await expect(desk.find(".wrong").first).to_contain_text(words)
    await expect(desk.find("textarea")).to_be_focused()
    assert asked == []


async def test_progress_and_waiting_are_shown_until_the_pictures_are_there(
    open_studio: OpenStudio, painter: Painter
) -> None:
    painter.may_answer.clear()
    desk = (await open_studio(painter.document())).desk("generate")
    await desk.say("A lighthouse")
    await desk.pick("n", "2")
    await desk.submit()

    await expect(desk.stage.locator(".coming")).to_have_count(2)
    await expect(desk.stage.locator(".elapsed")).to_contain_text(" s")
    await expect(desk.find("form .primary")).to_be_disabled()
    painter.may_answer.set()

    await expect(desk.pictures).to_have_count(2)
    await expect(desk.find("form .primary")).to_be_enabled()


async def test_real_progress_moves_the_bar(studio: Studio) -> None:
    """The local backend tells after each of several pictures how far it is."""
    await studio.page.evaluate(WATCH_PROGRESS)
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.pick("n", "4")

    await desk.make(4)

    assert set(await studio.page.evaluate("window.seen")) & {0.25, 0.5, 0.75}


async def test_waiting_can_be_given_up_and_taken_up_again(open_studio: OpenStudio, painter: Painter) -> None:
    painter.may_answer.clear()
    painter.pictures = [plain((1024, 1024), "teal")]
    desk = (await open_studio(painter.document())).desk("generate")
    await desk.say("A lighthouse")
    await desk.submit()
    await asyncio.wait_for(painter.has_been_asked.wait(), 5)

    await desk.stage.locator(".cancel").click()
    await expect(desk.failure).to_contain_text("Cancelled")
    await desk.failure.locator(".retry").click()
    painter.may_answer.set()

    await expect(desk.pictures).to_have_count(1)
    assert len(painter.asked) == 1, "the key of the order finds the work that had begun"


async def test_an_idea_fills_the_prompt_and_the_keyboard_sends_it(studio: Studio) -> None:
    desk = studio.desk("generate")

    await desk.find(".ideas button").first.click()
    await studio.page.keyboard.press("Control+Enter")

    await expect(desk.pictures).to_have_count(1)
    await expect(desk.pictures.locator(".revised")).to_contain_text("golden banana on a marble table")


async def run(command: str) -> dict[str, list[dict[str, str]]]:
    """Run a copied command in a shell, with curl silenced, and read its JSON."""
    shell = program("curl").removesuffix("curl")
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", f"PATH={shell}:$PATH; {command} -s", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    answer: dict[str, list[dict[str, str]]] = json.loads(output)
    return answer
