"""A web site on loopback that shows pictures, and remembers who came for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer


class PictureSite:
    def __init__(self) -> None:
        self.visits: list[str] = []
        self.address = ""
        self._shown: dict[str, bytes] = {}

    def show(self, path: str, data: bytes) -> str:
        """Answer `path` with `data`; returns its URL."""
        self._shown[path] = data
        return self.address + path

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.visits.append(request.path)
        if request.path not in self._shown:
            raise web.HTTPNotFound
        return web.Response(body=self._shown[request.path], content_type="application/octet-stream")


@asynccontextmanager
async def open_site() -> AsyncIterator[PictureSite]:
    site = PictureSite()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    async with TestServer(app) as server:
        site.address = str(server.make_url("")).rstrip("/")
        yield site
