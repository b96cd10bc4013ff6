"""Text stays text, and the page asks nobody but its gateway."""

from __future__ import annotations

import json

import pytest
from aiohttp.test_utils import unused_port
from playwright.async_api import expect
from support.samples import plain
from support.studio import OpenStudio, Studio, pixels

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = '<img src=x onerror="window.caught=1"><script>window.caught=2</script>'


async def test_a_prompt_is_never_markup(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say(HOSTILE)
    picture = await desk.make()

    await expect(picture.locator(".revised")).to_have_text(HOSTILE)
    await expect(studio.page.locator(".history .said")).to_have_text(HOSTILE)
    await studio.page.reload()
    await expect(studio.page.locator(".history .said")).to_have_text(HOSTILE)
    assert await studio.page.evaluate("window.caught") is None


async def test_a_file_name_is_never_markup(studio: Studio) -> None:
    desk = await studio.turn_to("edit")
    await desk.take(f"{HOSTILE.replace('/', '')}.png", plain((96, 64)))

    await expect(desk.find(".chosen .facts")).to_contain_text("<img src=x")
    assert await studio.page.evaluate("window.caught") is None


async def test_a_history_that_somebody_else_has_written_is_only_text(studio: Studio) -> None:
    entry = {"id": "1", "operation": "generate", "when": 1, "fields": {"prompt": HOSTILE}, "pictures": []}
    await studio.page.evaluate("(text) => localStorage.setItem('studio.history', text)", json.dumps([entry]))

    await studio.page.reload()

    await expect(studio.page.locator(".history .said")).to_have_text(HOSTILE)
    assert await studio.page.evaluate("window.caught") is None


async def test_the_policy_forbids_markup_from_text_and_scripts_from_elsewhere(studio: Studio) -> None:
    studio.foretold += ["TrustedHTML", "Content Security Policy", "violates the following"]
    attempts = """async () => [
        await Promise.resolve().then(() => { document.body.innerHTML = '<b>x</b>'; }).catch((error) => error.name),
        await fetch('http://192.0.2.1/').catch((error) => error.name),
    ]"""

    assert await studio.page.evaluate(attempts) == ["TypeError", "TypeError"]
    assert [fault for fault in studio.faults if "192.0.2.1" in fault] == []


async def test_pictures_of_the_public_address_are_shown(open_studio: OpenStudio) -> None:
    port = unused_port()
    document = {"server": {"port": port, "public_url": f"http://localhost:{port}"}}
    studio = await open_studio(document)
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    picture = await desk.make()
    await picture.locator(".link").click()
    await expect(studio.page.locator("#toast")).to_have_text("Link copied")

    link = await studio.copied()

    assert link.startswith(f"http://localhost:{port}/images/")
    shown = "(src) => { const image = new Image(); image.src = src; return image.decode().then(() => image.width); }"
    assert await studio.page.evaluate(shown, link) == 1024
    await picture.locator(".to-edit").click()
    await expect(studio.desk("edit").find(".chosen .facts")).to_contain_text(pixels(1024, 1024))
