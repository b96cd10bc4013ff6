"""What the whole API is tested against: a gateway, a provider behind it, a site of pictures beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from support.background import Standing, in_background
from support.child import RunGateway, serving
from support.gateway import Document, Gateway, StartGateway
from support.painter import Painter, painting
from support.picture_site import PictureSite, open_site

from gateway.config_file import parse
from gateway.upstreams import DRIVER_SETTINGS

NEIGHBOURLY: Document = {"inputs": {"allow_private_networks": True}}
"""Lets a gateway fetch from the site on loopback."""


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """One gateway with the built-in defaults, for all tests that leave nothing behind which another would see."""
    document = {"images": {"store": f"file:{tmp_path_factory.mktemp('standing')}"}}
    with in_background(parse(document, DRIVER_SETTINGS, {})) as found:
        yield found


@pytest.fixture
async def painter() -> AsyncIterator[Painter]:
    """The provider alone: start a gateway with its `document()`."""
    async with painting() as provider:
        yield provider


@pytest.fixture
async def site() -> AsyncIterator[PictureSite]:
    async with open_site() as pictures:
        yield pictures


@pytest.fixture
async def neighbour(start: StartGateway) -> Gateway:
    """A gateway that may fetch from the site."""
    return await start(NEIGHBOURLY)


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[RunGateway]:
    """Run gateways in processes of their own, one folder for all."""
    async with AsyncExitStack() as stack:
        yield lambda document: stack.enter_async_context(serving(tmp_path, document))


@pytest.fixture
async def run_afresh(tmp_path: Path) -> AsyncIterator[RunGateway]:
    """The same, each with an interpreter of its own: nothing between the command line and its end is taken as given."""
    async with AsyncExitStack() as stack:
        yield lambda document: stack.enter_async_context(serving(tmp_path, document, afresh=True))
