"""/mcp, for assistants. What it takes is loaded when the first of them asks: most gateways never are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.errors import NotFound
from gateway.guide.pages import guide
from gateway.hosting.gallery import Gallery
from gateway.images import Picture
from gateway.imaging import costs
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import UNLIMITED
from gateway.imaging.previews import preview
from gateway.imaging.reading import read_picture
from gateway.imaging.workers import Workers
from gateway.inputs.arriving import BodyLimits, arriving
from gateway.inputs.request_memory import RequestMemory
from gateway.models import Models
from gateway.origin import Origin
from gateway.spool import Spool

if TYPE_CHECKING:
    from gateway.mcp_server.server import McpServer

LARGEST_MESSAGE = 4 * 2**20
"""Bytes. A picture may come as base64; a larger one has an address, or is uploaded to the API itself."""
MESSAGE_MEMORY = 32 * 2**20
"""Bytes of large messages that are in memory at a time."""
PREVIEW_SIDE = 256
"""Pixels: enough to see what was made, few enough for an assistant's memory."""


class McpHandler:
    """Part of the gateway's life: nothing is to be opened, what was loaded is closed."""

    def __init__(
        self,
        models: Callable[[], Models],
        gallery: Gallery,
        workers: Workers,
        origin: Origin,
        definition: Callable[[], str],
    ) -> None:
        """`models` and `definition` give those of today."""
        self._models = models
        self._gallery = gallery
        self._workers = workers
        self._origin = origin
        self._definition = definition
        self._memory = RequestMemory(MESSAGE_MEMORY)
        self._loading = asyncio.Lock()
        self._server: McpServer | None = None
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Nothing to open before the first message."""

    async def close(self) -> None:
        await self._stack.aclose()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if find_spec("mcp") is None:
            raise NotFound(
                "MCP is not installed on this gateway. Install it with: pip install 'nano-banana-gateway[mcp]'"
            )
        draft = Spool().draft()
        async with arriving(request, BodyLimits(max_body=LARGEST_MESSAGE)) as chunks:
            async for chunk in chunks:
                await draft.add(chunk)
        body = await draft.finish()
        server = await self._loaded()
        async with self._memory.hold(body.size):
            return await server.handle(request, await body.load())

    async def _loaded(self) -> McpServer:
        async with self._loading:
            if self._server is None:
                server = await asyncio.to_thread(self._load)  # importing the SDK takes a second
                await self._stack.enter_async_context(server.running())
                self._server = server
            return self._server

    def _load(self) -> McpServer:
        from gateway.mcp_server.picturing import Picturing  # noqa: PLC0415 - needs the extra
        from gateway.mcp_server.reading import Reading  # noqa: PLC0415
        from gateway.mcp_server.server import McpServer  # noqa: PLC0415

        picturing = Picturing(self._models, self._preview)
        return McpServer(Reading(guide(), self._definition), picturing, largest=LARGEST_MESSAGE)

    async def _preview(self, request: web.Request, url: str) -> Picture | None:
        name = self._origin.hosted_path(request, url)
        data = await self._gallery.load(name) if name else None
        if data is None:
            return None
        picture = await asyncio.to_thread(read_picture, data, UNLIMITED)
        try:
            return await self._workers.run(lambda: preview(picture, PREVIEW_SIDE), size=costs.decoding(picture))
        except PictureError:  # too large for a glance; the address is told all the same
            return None
