"""Web pages of other origins in a real browser: the published starter, and a picture without any script."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page
from support.background import Serve, Standing
from yarl import URL

pytestmark = pytest.mark.asyncio(loop_scope="session")

STARTER = (Path(__file__).parent / "published-starter.js").read_text()
PUBLISHED = "https://nanobanana.aikit.club"
PROMPT = "A cozy robot painting a banana in a sunlit studio"
PATIENCE = 15_000
"""Milliseconds."""


class Elsewhere:
    """A site of its own, and a browser that looks at it."""

    def __init__(self, origin: str, page: Page, documents: dict[str, str]) -> None:
        self.page = page
        self.origin = origin
        self.said: list[str] = []
        self._documents = documents
        page.on("console", lambda message: self.said.append(message.text))

    async def show(self, body: str) -> None:
        self._documents["page"] = body
        await self.page.goto(f"{self.origin}/page")

    async def heard(self, words: str) -> str:
        """What the page wrote into the console."""
        while not any(words in said for said in self.said):
            await self.page.wait_for_event("console", timeout=PATIENCE)
        return next(said for said in self.said if words in said)


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(browser: Browser) -> AsyncIterator[Elsewhere]:
    documents: dict[str, str] = {}

    async def handle(_: web.Request) -> web.Response:
        return web.Response(text=f"<!doctype html><title>x</title>{documents['page']}", content_type="text/html")

    app = web.Application()
    app.router.add_get("/page", handle)
    async with TestServer(app) as site:
        page = await browser.new_page()
        yield Elsewhere(str(site.make_url("")).rstrip("/"), page, documents)
        await page.context.close()


def starter(address: str) -> str:
    assert STARTER.count(PUBLISHED) == 1
    return f"<script>{STARTER.replace(PUBLISHED, address)}</script>"


async def test_the_published_starter_runs_unchanged_but_for_its_address(
    elsewhere: Elsewhere, standing: Standing
) -> None:
    await elsewhere.show(starter(standing.address))

    url = (await elsewhere.heard("Image URL:")).removeprefix("Image URL: ")
    assert URL(url).origin() == URL(standing.address)
    assert await elsewhere.heard("Revised prompt:") == f"Revised prompt: {PROMPT}"
    size = "url => new Promise(done => { const i = new Image(); i.onload = () => done(i.naturalWidth); i.src = url })"
    assert await elsewhere.page.evaluate(size, url) == 1024


async def test_an_error_can_be_read_there(elsewhere: Elsewhere, standing: Standing) -> None:
    await elsewhere.show(starter(standing.address).replace("n: 1", "n: 9"))

    assert "an integer from 1 to 4" in await elsewhere.heard("Error:")


async def test_a_page_that_is_not_listed_learns_nothing(elsewhere: Elsewhere, serve: Serve) -> None:
    address = serve({"cors": {"origins": ["https://app.example.com"]}})

    await elsewhere.show(starter(address))

    assert "CORS" in await elsewhere.heard("CORS")
    assert not any("Image URL" in said for said in elsewhere.said)


async def test_an_img_tag_needs_no_script(elsewhere: Elsewhere, standing: Standing) -> None:
    source = f"{standing.address}/v1/images/generations?prompt=A fox&aspect_ratio=4:3"
    await elsewhere.show(f'<img src="{html.escape(source)}" alt="A fox">')

    image = elsewhere.page.locator("img")
    await image.evaluate("image => image.decode()")

    assert await image.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1024, 768]
