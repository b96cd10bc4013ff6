"""The first lines: where everything is, whether it is open, and which upstreams are up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from support.gateway import Document
from support.scripted import ScriptedUpstream

from gateway import greeting
from gateway.config import Config
from gateway.greeting import hello, look
from gateway.upstreams.base import Rejected

Configure = Callable[[Document], Config]
ADDRESS = "http://127.0.0.1:8080"


class Probed(ScriptedUpstream):
    """One whose probe fails or waits."""

    def __init__(self, name: str, outcome: Exception | asyncio.Event | None = None) -> None:
        super().__init__(name)
        self._outcome = outcome

    async def probe(self) -> None:
        if isinstance(self._outcome, asyncio.Event):
            await self._outcome.wait()
        elif self._outcome is not None:
            raise self._outcome


async def lines(config: Config, *upstreams: Probed, path: Path | None = None) -> list[str]:
    said = list(hello(ADDRESS, config, path))
    await look(config, {upstream.name: upstream for upstream in upstreams}, said.append)
    return said


async def test_they_say_where_everything_is(configure: Configure) -> None:
    assert await lines(configure({}), Probed("local")) == [
        "Nano Banana Gateway at http://127.0.0.1:8080 (open to all)",
        "  configuration: built-in defaults",
        "  studio: http://127.0.0.1:8080/",
        "  guide: http://127.0.0.1:8080/docs, the API at http://127.0.0.1:8080/docs/api",
        "  metrics: http://127.0.0.1:8080/metrics",
        "  mcp: http://127.0.0.1:8080/mcp",
        "  try: http://127.0.0.1:8080/v1/images/generations?prompt=A+golden+banana+at+sunset",
        "  upstream local (local): up",
    ]


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            {"auth": {"tokens": [{"name": "a", "token": "x"}, {"name": "b", "token": "y"}]}},
            f"Nano Banana Gateway at {ADDRESS} (for 2 bearer token(s))",
        ),
        ({"metrics": {"enabled": False}}, "  metrics: off"),
        ({"metrics": {"port": 9090}}, "  metrics: http://127.0.0.1:9090/metrics"),
        ({"metrics": {"token": "canary"}}, f"  metrics: {ADDRESS}/metrics (with its own token)"),
    ],
)
async def test_they_follow_the_configuration(configure: Configure, document: Document, line: str) -> None:
    said = await lines(configure(document), path=Path("gateway.yaml"))

    assert line in said
    assert "  configuration: gateway.yaml" in said
    assert "canary" not in "".join(said)


async def test_several_workers_are_told_with_what_they_do_not_share(configure: Configure) -> None:
    said = list(hello(ADDRESS, configure({"server": {"workers": 2}}), None))

    assert said[-2:] == [
        "  upstreams: local (local) (`nano-banana-gateway doctor` says whether they are up)",
        "  workers: 2, each with its own upstream concurrency, queues, breakers and memory",
    ]


async def test_without_its_extra_mcp_is_off(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeting, "find_spec", lambda _: None)

    assert "  mcp: off, install nano-banana-gateway[mcp]" in await lines(configure({}))


async def test_an_upstream_that_is_down_is_named_with_its_reason(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greeting, "PATIENCE", 0.01)
    local = {"driver": "local"}
    config = configure({"upstreams": {"local": local, "paid": local, "slow": local}})

    said = await lines(
        config, Probed("local"), Probed("paid", Rejected("no such key", status=401)), Probed("slow", asyncio.Event())
    )

    assert said[-3:] == [
        "  upstream local (local): up",
        "  upstream paid (local): NOT UP, rejected 401: no such key (`nano-banana-gateway doctor` says what to change)",
        "  upstream slow (local): NOT UP, no answer within 0.01 s (`nano-banana-gateway doctor` says what to change)",
    ]
