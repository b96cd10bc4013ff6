"""A provider on loopback that speaks OpenAI's images API and answers with what was laid ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy

from support.gateway import Document
from support.samples import plain, text


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the provider saw it; `files` holds the parts of a form that are pictures, in their order."""

    path: str
    headers: CIMultiDictProxy[str]
    fields: dict[str, Any]
    files: tuple[tuple[str, bytes], ...] = ()


class Painter:
    def __init__(self) -> None:
        self.pictures = [plain((1024, 1024))]
        """Given out in turn."""
        self.failure: tuple[int, dict[str, Any], dict[str, str]] | None = None
        """Status, body and headers that are answered instead."""
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.seconds = 0.0
        """That a picture takes."""
        self.has_been_asked = asyncio.Event()
        self.asked: list[Asked] = []
        self.address = ""

    def document(self, **keys: Any) -> Document:
        """Sections of gateway.yaml in which this provider stands behind the default model; `keys` are the driver's."""
        driver = {"driver": "openai", "base_url": self.address, "model": "painter-1", **keys}
        return {
            "upstreams": {"painter": driver, "local": {"driver": "local"}},
            "models": {
                "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["painter"]},
                "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
            },
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = await _read(request)
        self.asked.append(asked)
        self.has_been_asked.set()
        await self.may_answer.wait()
        await asyncio.sleep(self.seconds)
        if self.failure is not None:
            status, body, headers = self.failure
            return web.json_response(body, status=status, headers=headers)
        pictures = [self.pictures[index % len(self.pictures)] for index in range(int(asked.fields.get("n", 1)))]
        return web.json_response({"created": 1, "data": [{"b64_json": text(picture)} for picture in pictures]})


async def _read(request: web.Request) -> Asked:
    if request.content_type == "application/json":
        return Asked(request.path, request.headers, await request.json())
    form = await request.post()
    files = [(name, value.file.read()) for name, value in form.items() if isinstance(value, web.FileField)]
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return Asked(request.path, request.headers, texts, tuple(files))


@asynccontextmanager
async def painting() -> AsyncIterator[Painter]:
    painter = Painter()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_post("/images/{operation}", painter.handle)
    async with TestServer(app) as server:
        painter.address = str(server.make_url("")).rstrip("/")
        yield painter
        painter.may_answer.set()
