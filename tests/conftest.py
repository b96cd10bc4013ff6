"""A live gateway for tests: real HTTP on loopback, run as the command runs it."""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector
from playwright.async_api import Browser, async_playwright
from support.background import Serve, in_background
from support.crowd import Crowd
from support.gateway import Document, Gateway, StartGateway
from support.programs import program
from support.provider import Provider, providing
from support.studio import FLAGS
from support.turns import begin, processes, turn

from gateway.app import make_app
from gateway.config import Config
from gateway.config_file import parse
from gateway.server import listening
from gateway.upstreams import DRIVER_SETTINGS


def pytest_configure(config: pytest.Config) -> None:
    begin(config)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that starts the tests in the background has it ignored, and so would what the tests interrupt.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return processes(config)


def pytest_collection_finish() -> None:
    """What all tests share is never looked through again, which took most of a second each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


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
def serve(configure: Callable[[Document], Config]) -> Iterator[Serve]:
    """Run a gateway in a thread of its own, for clients that block and for browsers."""
    with ExitStack() as stack:
        yield lambda document: stack.enter_context(in_background(configure(document))).address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Starting one takes longer than a test; contexts of their own keep tests apart."""
    chromium = program("chromium")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        await running.close()


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
