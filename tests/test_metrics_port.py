"""/metrics on a port of its own."""

from __future__ import annotations

from pathlib import Path

from aiohttp import ClientSession

from gateway.app import make_app
from gateway.config_file import parse
from gateway.server import _metrics_app, listening
from gateway.upstreams import DRIVER_SETTINGS


async def test_metrics_on_a_port_of_their_own_ask_for_their_token(tmp_path: Path) -> None:
    document = {"metrics": {"port": 9, "token": "t"}, "images": {"store": f"file:{tmp_path}"}}
    app = make_app(parse(document, DRIVER_SETTINGS, {}))
    async with listening(_metrics_app(app), "127.0.0.1", 0) as site, ClientSession() as client:
        async with client.get(f"{site.address}/metrics") as refused:
            assert refused.status == 401
        async with client.get(f"{site.address}/metrics", headers={"Authorization": "Bearer t"}) as scraped:
            assert scraped.status == 200
