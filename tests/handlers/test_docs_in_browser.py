"""The guide and the API reference in a real browser: nothing from outside, nothing refused, a request that works."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has annotations and no marker
from playwright.async_api import Browser, Page, ViewportSize, expect
from support.background import Serve

pytestmark = pytest.mark.asyncio(loop_scope="session")

DESKTOP = ViewportSize(width=1280, height=800)
MILLISECONDS = 20_000


class Watched:
    """A page, and what was wrong with it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []
        page.on("console", lambda message: self.faults.append(message.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asked {url}")


@pytest_asyncio.fixture(loop_scope="session")
async def watched(browser: Browser, serve: Serve) -> AsyncIterator[Watched]:
    page = await browser.new_page(viewport=DESKTOP)
    page.set_default_timeout(MILLISECONDS)
    yield Watched(page, serve({}))
    await page.context.close()


async def test_the_guide_is_read_and_searched(watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{watched.address}/docs")

    await page.get_by_role("navigation").get_by_text("Edit pictures").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Edit pictures")
    await page.get_by_role("searchbox").fill("pay twice")
    await page.get_by_role("searchbox").press("Enter")
    await page.get_by_role("link", name="Retrying without paying twice").click()

    await expect(page.locator("#retrying-without-paying-twice")).to_be_in_viewport()
    assert watched.faults == []


async def test_the_reference_sends_a_request(watched: Watched) -> None:
    page = watched.page
    await page.goto(f"{watched.address}/docs/api")

    block = page.locator(".opblock", has_text="Make pictures from a text").first
    await block.locator(".opblock-summary-control").click()
    await block.get_by_role("button", name="Try it out").click()
    await block.get_by_role("button", name="Execute").click()

    await expect(block.locator(".live-responses-table tr.response .response-col_status")).to_contain_text("200")
    assert watched.faults == []


@pytest.mark.parametrize(
    "path",
    [
        "/docs",
        *(
            pytest.param(f"/docs/{page}", marks=pytest.mark.slow)
            for page in ("generate", "configuration", "search?q=retry")
        ),
    ],
)
async def test_the_guide_shuts_nobody_out(watched: Watched, path: str) -> None:
    await watched.page.goto(watched.address + path)

    found = (await Axe().run(watched.page)).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
