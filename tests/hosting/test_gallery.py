"""Pictures by name and time: what cannot be one of ours is told without asking anything."""

from __future__ import annotations

import pytest
from support.clocks import ManualClock
from support.gateway import Gateway

from gateway.clock import system_random
from gateway.hosting import gallery
from gateway.hosting.gallery import LONGEST_NAME, Gallery
from gateway.hosting.names import HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores.filesystem import FileStore
from gateway.images import ImageFormat, Operation


class Asked(Exception):
    """The store was."""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were looked into."""
    names: list[str] = []

    def parse(name: str) -> HostedName | None:
        names.append(name)
        return HostedName.parse(name)

    monkeypatch.setattr(gallery, "_parsed", parse)
    return names


class Untouched(FileStore):
    async def get(self, name: HostedName) -> None:
        raise Asked(name)


@pytest.fixture
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    clock = ManualClock()
    return Gallery(Untouched(tmp_path_factory.mktemp("images"), Retention(ttl=60), clock=clock), clock)


def name_at(seconds: float) -> str:
    return str(HostedName.make(seconds, system_random, "ab" * 32, Operation.UPSCALE, ImageFormat.WEBP))


async def test_a_name_that_is_too_long_is_not_even_looked_into(untouched: Gallery, parsed: list[str]) -> None:
    assert await untouched.open("a" * (LONGEST_NAME + 1)) is None
    assert await untouched.load("images" * 10_000) is None

    assert parsed == []


async def test_a_name_that_is_none_of_ours_or_has_expired_does_not_reach_the_store(untouched: Gallery) -> None:
    assert await untouched.open("a" * LONGEST_NAME) is None
    assert await untouched.open(name_at(ManualClock().time() - 61)) is None


async def test_a_name_of_ours_is_asked_for(untouched: Gallery) -> None:
    name = name_at(ManualClock().time())

    assert len(name) < LONGEST_NAME
    with pytest.raises(Asked):
        await untouched.open(name)


async def test_to_a_client_it_is_not_found(gateway: Gateway, parsed: list[str]) -> None:
    status, body = await gateway.get(f"/images/{'a' * (LONGEST_NAME + 1)}.png")

    assert (status, body["error"]["type"]) == (404, "invalid_request_error")
    assert parsed == []
