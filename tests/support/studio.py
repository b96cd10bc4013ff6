"""The studio in a real browser, watched for what it must never do."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

OpenStudio: TypeAlias = Callable[..., Awaitable["Studio"]]

FLAGS = (
    "--no-sandbox",  # containers run tests as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: Mapping[str, object] = {"viewport": {"width": 1280, "height": 800}}
PHONE: Mapping[str, object] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


def pixels(width: int, height: int) -> str:
    """As the page writes it."""
    return f"{width} \N{MULTIPLICATION SIGN} {height}"


class Studio:
    """One page. `faults` collects errors of its console and scripts, and requests to other origins than its own."""

    def __init__(self, page: Page, address: str, origins: frozenset[str]) -> None:
        self.page = page
        self.address = address
        self.foretold: list[str] = []
        """Parts of what a browser writes into its console about failures that a test has asked for."""
        self.faults: list[str] = []
        self._origins = origins
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        foretold = any(part in message.text for part in self.foretold)
        if message.type in {"error", "warning"} and not foretold:
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self.faults.append(f"asked {request.url}")

    def desk(self, name: str) -> Desk:
        return Desk(self, name)

    async def turn_to(self, name: str) -> Desk:
        await self.page.click(f"#tab-{name}")
        return self.desk(name)

    async def copied(self) -> str:
        text: str = await self.page.evaluate("navigator.clipboard.readText()")
        return text


class Desk:
    """One of the three tabs."""

    def __init__(self, studio: Studio, name: str) -> None:
        self.page = studio.page
        self.root = studio.page.locator(f"#{name}")
        self.stage = self.root.locator(".stage")
        self.pictures = self.stage.locator(".picture")
        self.failure = self.stage.locator(".failure")

    def find(self, selector: str) -> Locator:
        return self.root.locator(selector)

    async def say(self, prompt: str) -> None:
        await self.find("textarea").fill(prompt)

    async def pick(self, field: str, value: str) -> None:
        """A radio button, which lies unseen under its label."""
        await self.find(f'input[name="{field}"][value="{value}"]').check(force=True)

    async def take(self, name: str, data: bytes, kind: str = "image/png") -> None:
        await self.find("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": data})

    async def has_taken(self) -> None:
        await expect(self.find(".chosen")).to_be_visible()

    async def submit(self) -> None:
        await self.find("form .primary").click()

    async def make(self, count: int = 1) -> Locator:
        """Submit, and wait for the pictures; gives the first."""
        await self.submit()
        await expect(self.pictures).to_have_count(count, timeout=15_000)
        return self.pictures.first

    async def shown(self, image: Locator) -> bytes:
        """The bytes behind an `<img>`, as the page itself reads them."""
        address = await image.get_attribute("src")
        read = """async (address) => {
            const image = new Image();
            image.src = address;
            await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = image.naturalWidth;
            canvas.height = image.naturalHeight;
            canvas.getContext('2d').drawImage(image, 0, 0);
            return canvas.toDataURL('image/png').split(',')[1];
        }"""
        return base64.b64decode(await self.page.evaluate(read, address))


async def paint(desk: Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One stroke over the canvas, between two places from 0 to 1."""
    box = await desk.page.locator("#painter canvas").bounding_box()
    assert box is not None
    places = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in (start, end)]
    await desk.page.mouse.move(*places[0])
    await desk.page.mouse.down()
    await desk.page.mouse.move(*places[1], steps=5)
    await desk.page.mouse.up()
