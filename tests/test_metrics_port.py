"""/metrics on a port of its own (U7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientSession
from support.gateway import Document

from gateway.app import make_app
from gateway.config import Config
from gateway.server import _metrics_app, listening

Configure = Callable[[Document], Config]


async def scraped(config: Config, client: ClientSession, **headers: str) -> tuple[int, str]:
    """Status and text of one scrape."""
    async with (
        listening(_metrics_app(make_app(config), config.server), "127.0.0.1", 0) as site,
        client.get(f"{site.address}/metrics", headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_metrics_on_a_port_of_their_own_ask_for_their_token(configure: Configure, client: ClientSession) -> None:
    config = configure({"metrics": {"port": 9, "token": "t"}})

    assert (await scraped(config, client))[0] == 401
    assert (await scraped(config, client, Authorization="Bearer t"))[0] == 200


LISTED = {"host": "0.0.0.0", "allowed_hosts": ["images.example.com"]}  # noqa: S104 - nothing is bound to it
HOSTS: list[tuple[dict[str, Any], str, int]] = [
    ({}, "localhost:9100", 200),
    ({}, "evil.example", 403),
    (LISTED, "evil.example", 403),
    (LISTED, "images.example.com", 200),
    (LISTED, "10.42.0.7:9100", 200),
    (LISTED, "[fd00::7]:9100", 200),
    ({"host": "0.0.0.0"}, "gateway.images.svc", 200),  # noqa: S104 - likewise
]


@pytest.mark.parametrize(("server", "host", "status"), HOSTS)
async def test_u7_a_page_whose_name_points_here_reads_no_metrics(
    configure: Configure, client: ClientSession, server: dict[str, Any], host: str, status: int
) -> None:
    """A scraper names a pod by its address, which nobody can make point elsewhere."""
    answered, text = await scraped(configure({"server": server, "metrics": {"port": 9}}), client, Host=host)

    assert answered == status
    assert ("gateway_build_info" in text) is (status == 200)
