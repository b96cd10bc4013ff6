"""A running gateway and a client that speaks to it."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from aiohttp import ClientSession, web
from PIL import Image

Document: TypeAlias = Mapping[str, Any]


class Gateway:
    """A running gateway and a client that speaks to it."""

    def __init__(self, address: str, app: web.Application, client: ClientSession) -> None:
        self.address = address
        self.app = app
        self.client = client

    async def post(self, path: str, **options: Any) -> tuple[int, Any]:
        async with self.client.post(self.address + path, **options) as response:
            return response.status, await response.json()

    async def get(self, path: str, **options: Any) -> tuple[int, Any]:
        async with self.client.get(self.address + path, **options) as response:
            return response.status, await response.json()

    async def picture(self, url: str) -> Image.Image:
        async with self.client.get(url) as response:
            assert response.status == 200, await response.text()
            return Image.open(io.BytesIO(await response.read()))


StartGateway: TypeAlias = Callable[..., Awaitable[Gateway]]
