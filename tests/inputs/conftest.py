"""The small internet, and fetches from it."""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.internet import PUBLIC, Names, Script, Site, Wire, open_site, tapped

from gateway.errors import GatewayError
from gateway.inputs.fetch import FetchRules, GuardedFetch, Reason


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return tapped(monkeypatch)


@pytest.fixture
async def canary(wire: Wire) -> AsyncIterator[Site]:
    """An inner service that nobody may reach."""
    del wire
    async with open_site(Site()) as site:
        yield site


@pytest.fixture
async def pictures(wire: Wire, names: Names) -> AsyncIterator[Site]:
    """A public site, `pictures.example`, that has one picture."""
    async with open_site(Site()) as site:
        names.point("pictures.example", PUBLIC)
        wire.standing_for[PUBLIC] = site.port
        site.serve("/cat.png", b"a cat")
        yield site


@dataclass
class Bench:
    """Makes fetches, closes them, and keeps the reasons of what they refused."""

    names: Names
    wire: Wire
    refused: list[Reason] = field(default_factory=list)
    made: list[GuardedFetch] = field(default_factory=list)

    async def fetch(self, **rules: Any) -> GuardedFetch:
        made = GuardedFetch(FetchRules(**rules), resolver=self.names, on_refused=self.refused.append)
        await made.open()
        self.made.append(made)
        return made

    async def body_of_error(self, made: GuardedFetch, url: str) -> dict[str, Any]:
        """The error object of a fetch that must fail."""
        try:
            await made.fetch(url, param="image")
        except GatewayError as error:
            return error.body()
        raise AssertionError(f"fetched {url}")


@pytest.fixture
async def bench(names: Names, wire: Wire) -> AsyncIterator[Bench]:
    bench = Bench(names, wire)
    yield bench
    for made in bench.made:
        await made.close()


Ask = Callable[[GuardedFetch, str], Awaitable[object]]


@pytest.fixture(params=["fetch", "check"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Both ways for a URL to come in: fetched here, or checked and passed on."""

    async def ask(made: GuardedFetch, url: str) -> object:
        return await getattr(made, request.param)(url, param="image")

    return ask


@pytest.fixture
def patient() -> Script:
    """A script that says nothing until the client goes away."""

    async def wait(reader: StreamReader, _writer: StreamWriter) -> None:
        await reader.read()

    return wait
