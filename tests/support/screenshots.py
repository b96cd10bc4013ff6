"""The pictures of the studio in the README, taken anew: `PYTHONPATH=tests .venv/bin/python -m support.screenshots`."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from gateway.config_file import parse
from gateway.upstreams import DRIVER_SETTINGS
from support.background import in_background
from support.studio import FLAGS, PHONE, Desk, Studio

FOLDER = Path(__file__).parents[2] / "gateway" / "docs" / "images"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PROMPT = "A lighthouse on a cliff at dusk, calm sea"
QUALITY = 88


async def main() -> None:
    """A light laptop that edits, a dark one that enlarges, and a telephone that generates."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed; get it with: apt-get install chromium")
    with tempfile.TemporaryDirectory() as store:
        config = parse({"images": {"store": f"file:{store}"}}, DRIVER_SETTINGS, {})
        with in_background(config) as gateway:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                page = await browser.new_page(color_scheme="light", reduced_motion="reduce", **DESKTOP)  # type: ignore[arg-type]  # a viewport is a dict
                await edit(await opened(page, gateway.address))
                await page.emulate_media(color_scheme="dark")
                await upscale(Studio(page, gateway.address, frozenset()))
                page = await browser.new_page(color_scheme="light", reduced_motion="reduce", **PHONE)  # type: ignore[arg-type]  # as above
                await generate(await opened(page, gateway.address))
                await browser.close()


async def opened(page: Page, address: str) -> Studio:
    await page.goto(f"{address}/")
    return Studio(page, address, frozenset())


async def draw(studio: Studio, count: int) -> Desk:
    desk = studio.desk("generate")
    await desk.say(PROMPT)
    await desk.pick("aspect_ratio", "16:9")
    await desk.pick("n", str(count))
    await desk.make(count)
    return desk


async def edit(studio: Studio) -> None:
    made = await draw(studio, 1)
    await made.pictures.first.locator(".to-edit").click()
    desk = studio.desk("edit")
    await desk.has_taken()
    await desk.say("Add a rainbow in the sky, then turn day into night")
    await desk.make()
    await keep(studio, "studio-edit")


async def upscale(studio: Studio) -> None:
    await (await studio.turn_to("generate")).pictures.first.locator(".to-upscale").click()
    desk = studio.desk("upscale")
    await desk.has_taken()
    await desk.make()
    await keep(studio, "studio-upscale")


async def generate(studio: Studio) -> None:
    await draw(studio, 2)
    await keep(studio, "studio-phone")


async def keep(studio: Studio, name: str) -> None:
    await studio.page.locator("form .primary:enabled:visible").wait_for()
    await studio.page.mouse.move(0, 0)
    shot = await studio.page.screenshot()
    await asyncio.to_thread(Image.open(io.BytesIO(shot)).save, FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    asyncio.run(main())
