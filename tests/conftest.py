"""A live gateway for tests: real HTTP on loopback, run as the command runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from support.crowd import Crowd
from support.gateway import Document, Gateway, StartGateway
from support.provider import Provider, providing

from gateway.app import make_app
from gateway.config import Config
from gateway.config_file import parse
from gateway.server import listening
from gateway.upstreams import DRIVER_SETTINGS


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def configure(tmp_path: Path) -> Callable[[Document], Config]:
    """A configuration whose pictures live in the test's own folder."""

    def make(document: Document) -> Config:
        images = {"store": f"file:{tmp_path / 'images'}", **document.get("images", {})}
        return parse({**document, "images": images}, DRIVER_SETTINGS, {})

    return make


@pytest.fixture
async def start(configure: Callable[[Document], Config], client: ClientSession) -> AsyncIterator[StartGateway]:
    """Start a gateway with these sections of gateway.yaml; keyword arguments go to `make_app`."""
    async with AsyncExitStack() as stack:

        async def start_one(document: Document | None = None, **options: Any) -> Gateway:
            app = make_app(configure(document or {}), **options)
            site = await stack.enter_async_context(listening(app, "127.0.0.1", 0))
            return Gateway(site.address, app, client)

        yield start_one


@pytest.fixture
async def gateway(start: StartGateway) -> Gateway:
    """One with the built-in defaults."""
    return await start()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A backend that speaks OpenAI's images API; make it fail with `script`."""
    async with providing() as running:
        yield running


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    """Clients that ask the same gateway at the same time, each on a connection of its own."""
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        yield Crowd(session)
