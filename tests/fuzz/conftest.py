"""Gateways that stand while they are shot at, and how long that goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.background import in_background
from support.effort import BRIEF, LONG, Effort
from support.gateway import Document
from support.images_api import UPSCALE
from support.plain_http import send
from support.provider import behind, providing
from support.samples import plain, text
from yarl import URL

from gateway.config_file import parse
from gateway.upstreams import DRIVER_SETTINGS

MOST_PIXELS = 200_000
"""Of a picture that is taken: a hostile one that just fits is decoded in milliseconds."""


@pytest.fixture(params=[BRIEF, pytest.param(LONG, marks=pytest.mark.fuzz)], ids=str)
def effort(request: pytest.FixtureRequest) -> Effort:
    """Every property here is tried briefly, and once more for long when `-m fuzz` asks for it."""
    found: Effort = request.param
    return found


@pytest.fixture(scope="session")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a gateway whose pictures come from a backend that takes no time, so that requests count."""
    with _provider() as base_url, _standing(behind(base_url), tmp_path_factory.mktemp("painted")) as address:
        yield address


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one with the built-in defaults."""
    with _standing({}, tmp_path_factory.mktemp("drawn")) as address:
        yield address


@pytest.fixture(params=["painted", pytest.param("drawn", marks=pytest.mark.fuzz)])
def address(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    """Of a gateway that is still well afterwards, and had nothing to complain of."""
    found: str = request.getfixturevalue(request.param)
    yield found
    assert send(found, "GET", "/healthz").status == 200
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def hosted(address: str) -> str:
    """The name of a picture that it hosts."""
    body = json.dumps({"image": text(plain((8, 8)))}).encode()
    reply = send(address, "POST", UPSCALE, {"Content-Type": "application/json"}, body)
    return URL(json.loads(reply.body)["data"][0]["url"]).name


@contextmanager
def _standing(document: Document, folder: Path) -> Iterator[str]:
    sections = {"images": {"store": f"file:{folder}"}, "inputs": {"max_pixels": MOST_PIXELS}}
    whole = {**document, **sections}
    with in_background(parse(whole, DRIVER_SETTINGS, {})) as standing:
        yield standing.address


@contextmanager
def _provider() -> Iterator[str]:
    """The address of a provider on a thread of its own."""
    started: Future[str] = Future()
    loop = asyncio.new_event_loop()
    enough = asyncio.Event()

    async def serve() -> None:
        async with providing() as provider:
            started.set_result(provider.base_url)
            await enough.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield started.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join()
        loop.close()
