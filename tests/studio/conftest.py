"""The studio of a gateway, which runs in a thread of its own, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest_asyncio
from playwright.async_api import Browser
from support.background import Serve
from support.gateway import Document
from support.painter import Painter, painting
from support.studio import DESKTOP, OpenStudio, Studio


@pytest_asyncio.fixture(loop_scope="session")
async def painter() -> AsyncIterator[Painter]:
    """A provider to put behind the gateway, with its `document()`."""
    async with painting() as provider:
        yield provider


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
