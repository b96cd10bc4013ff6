"""Many clients of one gateway at a time, some of whom leave before they are answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeAlias

from aiohttp import ClientSession

from gateway.app import LIFECYCLE
from support.gateway import Gateway
from support.images_api import GENERATIONS

PROMPT = {"prompt": "a lighthouse"}


class Heard(NamedTuple):
    status: int
    cache: str | None
    attempts: str | None
    should_retry: str | None
    replayed: str | None
    body: bytes

    @property
    def data(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.body)["data"]
        return found

    @property
    def error(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.body)["error"]
        return found


class Crowd:
    def __init__(self, session: ClientSession) -> None:
        self._session = session

    async def ask(self, gateway: Gateway, method: str = "POST", path: str = GENERATIONS, **options: Any) -> Heard:
        """`path` below the gateway; without options a POST asks for a picture by default."""
        if method == "POST" and not {"json", "data"} & options.keys():
            options["json"] = PROMPT
        if method == "GET" and "params" not in options:
            options["params"] = PROMPT
        async with self._session.request(method, gateway.address + path, **options) as response:
            said = response.headers
            return Heard(
                response.status,
                said.get("X-Cache"),
                said.get("X-Upstream-Attempts"),
                said.get("x-should-retry"),
                said.get("Idempotent-Replayed"),
                await response.read(),
            )

    def many(self, times: int, gateway: Gateway, method: str = "POST", **options: Any) -> list[asyncio.Task[Heard]]:
        return [asyncio.create_task(self.ask(gateway, method, **options)) for _ in range(times)]


class Fronted(Gateway):
    """A gateway in front of a provider."""

    @property
    def under_way(self) -> int:
        """Requests, and pictures being made."""
        return self.app[LIFECYCLE].requests

    async def busy(self, times: int) -> None:
        """Return once so much is under way."""
        await self._until(lambda: self.under_way >= times)

    async def quiet(self) -> None:
        """Return once nothing is under way any more."""
        await self._until(lambda: self.under_way == 0)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - the gateway sets no event of ours
                await asyncio.sleep(0.002)


StartFronted: TypeAlias = Callable[..., Awaitable[Fronted]]


async def leave(clients: list[asyncio.Task[Heard]]) -> None:
    """All of them, before they are answered."""
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
