"""A provider on loopback that speaks OpenAI's images API, and fails as a test says, call by call."""

from __future__ import annotations

import asyncio
import base64
import random
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from typing import Any

from aiohttp import hdrs, web
from multidict import CIMultiDictProxy

from support.gateway import Document
from support.object_stores import free_port
from support.samples import plain

KEY = "sk-of-the-provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What becomes of one call."""

    status: int = 200
    code: str | None = None
    """Of the error object."""
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: int | None = None
    """None: as many as were asked for."""
    held: bool = False
    """Answered only after `Provider.release`; for ever without it."""
    cut: bool = False
    """Breaks off in the middle of the body."""
    reset: bool = False
    """Breaks off before the first byte of an answer."""
    raw: bytes | None = None
    """Another body than the one of the API."""


OK = Reply()
HELD = Reply(held=True)
CONTENT_REFUSED = Reply(status=400, code="moderation_blocked")


@dataclass(frozen=True, slots=True)
class Call:
    path: str
    fields: Mapping[str, Any]
    headers: CIMultiDictProxy[str]
    reply: Reply
    """What it got."""


def faults(seed: int, *shares: tuple[Reply, float]) -> Iterator[Reply]:
    """For ever replies of which each kind makes up its share, and good ones else; the same for the same seed."""
    dice = random.Random(seed)
    kinds, weights = zip(*shares, (OK, 1 - sum(share for _, share in shares)), strict=True)
    while True:
        yield dice.choices(kinds, weights)[0]


class Provider:
    """Answers `otherwise`, turn by turn, once its script is through. Every picture is of a colour of its own."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.disconnects = 0
        """Callers that went away before they were answered."""
        self.running = 0
        self.most_at_once = 0
        self.otherwise: Iterator[Reply] = repeat(OK)
        self.keeps_connections = True
        self.port = 0
        self._script: deque[Reply] = deque()
        self._made = 0
        self._gate = asyncio.Event()
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def script(self, *replies: Reply) -> None:
        """What the next calls get."""
        self._script.extend(replies)

    def release(self) -> None:
        """Answer the calls that are held, and those to come."""
        self._gate.set()

    async def called(self, times: int = 1) -> None:
        """Return once so many calls have arrived in all."""
        await self._until(lambda: len(self.calls) >= times)

    async def left(self, times: int = 1) -> None:
        """Return once so many callers have gone away unanswered."""
        await self._until(lambda: self.disconnects >= times)

    async def start(self) -> None:
        """Listen: at a free port the first time, later at the same again."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/images/{verb}", self._handle)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, backlog=2048)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Refuse connections from now on, and drop those that are open."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _models(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({"object": "list", "data": []})

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        reply = self._script.popleft() if self._script else next(self.otherwise)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            fields = await _fields(request)
            self.calls.append(Call(request.path, fields, request.headers, reply))
            await self._tell()
            if reply.held:
                await self._gate.wait()
            response = await self._answer(request, reply, int(fields.get("n", 1)))
        except asyncio.CancelledError:
            self.disconnects += 1
            await self._tell()
            raise
        finally:
            self.running -= 1
        if not self.keeps_connections:
            response.force_close()
        return response

    async def _answer(self, request: web.Request, reply: Reply, n: int) -> web.StreamResponse:
        if reply.reset:
            return await _break_off(request, b"")
        if reply.raw is not None:
            return web.Response(status=reply.status, body=reply.raw, headers=reply.headers)
        if reply.status != web.HTTPOk.status_code:
            error = {"message": "words of the provider", "type": "x", "param": None, "code": reply.code}
            return web.json_response({"error": error}, status=reply.status, headers=reply.headers)
        items = [self._item() for _ in range(n if reply.pictures is None else reply.pictures)]
        response = web.json_response({"created": 1, "data": items}, headers=reply.headers)
        if not reply.cut:
            return response
        assert isinstance(response.body, bytes)
        return await _break_off(request, response.body)

    def _item(self) -> dict[str, str]:
        self._made += 1
        return {"b64_json": _picture(self._made)}

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(5), self._news:
            await self._news.wait_for(condition)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


@lru_cache(maxsize=4096)
def _picture(number: int) -> str:
    """Of a colour that no other number has, below sixty thousand."""
    return base64.b64encode(plain((64, 64), (number & 0xFF, number >> 8 & 0xFF, 128))).decode()


async def _fields(request: web.Request) -> Mapping[str, Any]:
    if request.content_type == "application/json":
        found: Mapping[str, Any] = await request.json()
        return found
    return dict(await request.post())


async def _break_off(request: web.Request, body: bytes) -> web.StreamResponse:
    """Half of `body`, and then a reset."""
    response = web.StreamResponse(headers={hdrs.CONTENT_LENGTH: str(len(body)), hdrs.CONTENT_TYPE: "application/json"})
    if body:
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    provider = Provider()
    await provider.start()
    try:
        yield provider
    finally:
        await provider.stop()


def closed_port() -> int:
    """One that refuses connections."""
    return free_port()


def behind(*base_urls: str, **keys: Any) -> Document:
    """Sections of a gateway whose models stand on these providers, the first preferred: `first`, `second`, `third`.

    `keys` are those of every upstream.
    """
    names = ["first", "second", "third"][: len(base_urls)]
    common = {"driver": "openai", "api_key": KEY, "model": "gpt-image-1", "extras": ["seed"], **keys}
    return {
        "upstreams": {
            "local": {"driver": "local"},
            **{name: {**common, "base_url": url} for name, url in zip(names, base_urls, strict=True)},
        },
        "models": {
            "nano-banana": {"operations": ["generate", "edit"], "upstreams": names},
            "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
        },
    }
