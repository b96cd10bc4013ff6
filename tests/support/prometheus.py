"""A real Prometheus that scrapes a gateway under test."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientConnectionError, ClientSession

from support.deploy import DEPLOY, document
from support.programs import program
from support.provider import closed_port

PATIENCE = 20
"""Seconds for anything that is waited for."""
LOOK = 0.1
"""Seconds between two looks."""


class Prometheus:
    def __init__(self, address: str, client: ClientSession) -> None:
        self._address = address
        self._client = client

    async def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of `expression` now."""
        async with self._client.get(f"{self._address}/api/v1/query", params={"query": expression}) as response:
            answer = await response.json()
            assert answer["status"] == "success", (expression, answer)
            found: list[dict[str, Any]] = answer["data"]["result"]
            return found

    async def metric_names(self) -> set[str]:
        async with self._client.get(f"{self._address}/api/v1/label/__name__/values") as response:
            return set((await response.json())["data"])

    async def until(self, expression: str) -> None:
        """Wait until `expression` has a sample."""
        async with asyncio.timeout(PATIENCE):
            while not await self.query(expression):  # noqa: ASYNC110 - Prometheus is another process
                await asyncio.sleep(LOOK)

    async def started(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self._is_ready():  # noqa: ASYNC110 - likewise
                await asyncio.sleep(LOOK)

    async def _is_ready(self) -> bool:
        try:
            async with self._client.get(f"{self._address}/-/ready") as response:
                return response.ok
        except ClientConnectionError:
            return False


@asynccontextmanager
async def scraping(gateway: str, folder: Path, client: ClientSession) -> AsyncIterator[Prometheus]:
    """Prometheus with our own configuration and rules, which looks at `gateway` every second instead."""
    config = document("prometheus/prometheus.yml")
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus" / name) for name in config["rule_files"]]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [gateway.removeprefix("http://")]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    listen = f"127.0.0.1:{closed_port()}"
    process = await asyncio.create_subprocess_exec(
        program("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        running = Prometheus(f"http://{listen}", client)
        await running.started()
        yield running
    finally:
        process.kill()
        await process.wait()
