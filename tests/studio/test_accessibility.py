"""For everybody: the rules of axe in every state of the page, and the keyboard alone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has annotations and no marker
from playwright.async_api import Page, expect
from support.samples import plain
from support.studio import DESKTOP, PHONE, OpenStudio, Studio

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("device", "scheme"),
    [
        pytest.param(DESKTOP, "light", id="light"),
        pytest.param(DESKTOP, "dark", id="dark", marks=pytest.mark.slow),
        pytest.param(PHONE, "light", id="phone", marks=pytest.mark.slow),
    ],
)
async def test_no_state_of_the_page_shuts_anybody_out(
    open_studio: OpenStudio, device: dict[str, Any], scheme: str
) -> None:
    studio = await open_studio(device=device, color_scheme=scheme, expects=("status of 400",))
    found = {"begin": await violations(studio.page)}
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.pick("n", "2")
    await desk.make(2)
    found["pictures"] = await violations(studio.page)
    desk = await studio.turn_to("upscale")
    await desk.take("photo.png", plain((320, 240)))
    await desk.pick("upscale_factor", "x4")
    await desk.make()
    found["loupe"] = await violations(studio.page)
    desk = await studio.turn_to("edit")
    await desk.take("photo.png", plain((320, 240)))
    await desk.find(".paint").click()
    found["painter"] = await violations(studio.page)

    assert found == {state: [] for state in found}


async def test_no_failure_shuts_anybody_out(open_studio: OpenStudio) -> None:
    secured = {"auth": {"tokens": [{"name": "web", "token": "open-sesame"}]}}
    studio = await open_studio(secured, expects=("status of 401",))
    desk = studio.desk("generate")
    await desk.say("A lighthouse")
    await desk.submit()
    await expect(desk.failure).to_be_visible()

    assert await violations(studio.page) == []


async def test_tabs_are_walked_with_the_arrow_keys_and_kept_in_the_address(studio: Studio) -> None:
    await studio.page.focus("#tab-generate")

    await studio.page.keyboard.press("ArrowRight")
    await expect(studio.page.locator("#tab-edit")).to_be_focused()
    await expect(studio.page.locator("#edit")).to_be_visible()
    await studio.page.keyboard.press("End")
    await studio.page.reload()

    await expect(studio.page.locator("#upscale")).to_be_visible()
    await expect(studio.page.locator("#tab-upscale")).to_have_attribute("aria-selected", "true")


async def test_the_result_is_told_to_screen_readers(studio: Studio) -> None:
    desk = studio.desk("generate")
    await desk.say("A lighthouse")

    await desk.make()

    await expect(studio.page.get_by_role("status").filter(has_text="1 picture in")).to_have_count(1)
    await expect(desk.pictures.get_by_role("img", name="A lighthouse")).to_have_count(1)


async def test_the_theme_is_chosen_and_kept(open_studio: OpenStudio) -> None:
    studio = await open_studio(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = await studio.page.evaluate(paper)

    await studio.page.click("#theme-button")
    await studio.page.reload()

    assert await studio.page.evaluate(paper) != light
    assert await studio.page.evaluate("document.documentElement.dataset.theme") == "dark"


async def violations(page: Page) -> list[str]:
    """Serious and critical findings, with the elements that they name."""
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{finding['id']}: {node['html']} {node['any'][:1]}"
        for finding in results.response["violations"]
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]
