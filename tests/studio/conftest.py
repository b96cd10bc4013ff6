"""A browser for all tests of the studio, and a gateway beside it in a thread of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from support.background import Serve, in_background
from support.gateway import Document
from support.painter import Painter, painting
from support.programs import program
from support.studio import DESKTOP, FLAGS, OpenStudio, Studio

from gateway.config import Config


@pytest.fixture(scope="session")
def chromium() -> str:
    return program("chromium")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Starting one takes longer than a test; contexts of their own keep tests apart."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def painter() -> AsyncIterator[Painter]:
    """A provider to put behind the gateway, with its `document()`."""
    async with painting() as provider:
        yield provider


@pytest.fixture
def serve(configure: Callable[[Document], Config]) -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda document: stack.enter_context(in_background(configure(document))).address


@pytest_asyncio.fixture(loop_scope="session")
async def open_studio(browser: Browser, serve: Serve) -> AsyncIterator[OpenStudio]:
    """Open the page of a gateway with these sections; the test fails for whatever the page did wrong."""
    async with AsyncExitStack() as stack:
        opened: list[Studio] = []

        async def open_one(
            document: Document | None = None,
            *,
            at: str | None = None,
            device: Mapping[str, Any] = DESKTOP,
            expects: tuple[str, ...] = (),
            **options: Any,
        ) -> Studio:
            address = at or serve(document or {})
            context = await browser.new_context(**{"reduced_motion": "reduce", **device, **options})
            stack.push_async_callback(context.close)
            context.set_default_timeout(10_000)
            await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
            public = ((document or {}).get("server") or {}).get("public_url")
            origins = frozenset(_origin(url) for url in (address, public) if url)
            studio = Studio(await context.new_page(), address, origins)
            studio.foretold += expects
            opened.append(studio)
            await studio.page.goto(f"{address}/")
            return studio

        yield open_one
        for studio in opened:
            assert studio.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def studio(open_studio: OpenStudio) -> Studio:
    """On a desktop, with the built-in defaults."""
    return await open_studio()


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
