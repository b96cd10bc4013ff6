"""Hears over the websocket how a job does, while it is waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientError, WSMessage, WSMsgType

from gateway.logs import event
from gateway.upstreams.base import EmptyAnswer, NotSent, Progress, Report
from gateway.upstreams.comfy.doorbell import Doorbell
from gateway.upstreams.comfy.frames import FEATURE_FLAGS, Advanced, Begun, Ended, Frame, Preview, read_binary, read_text
from gateway.upstreams.comfy.gauge import Gauge
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.results import from_bytes
from gateway.upstreams.tools import Tools

_log = logging.getLogger("gateway.upstreams")


class Ear:
    """Reports what frames tell of one job, and rings when they tell that it has ended."""

    def __init__(self, job: str, gauge: Gauge, bell: Doorbell, report: Report, tools: Tools) -> None:
        self._job = job
        self._gauge = gauge
        self._bell = bell
        self._report = report
        self._tools = tools
        self._previews = 0

    async def __call__(self, message: WSMessage) -> None:
        match self._frame(message):
            case Preview(data):
                await self._preview(data)
            case Begun() | Advanced() as frame:
                self._advance(frame)
            case Ended():
                self._bell.ring()

    def _frame(self, message: WSMessage) -> Frame | None:
        match message.type:
            case WSMsgType.TEXT:
                return read_text(message.data, self._job)
            case WSMsgType.BINARY:
                return read_binary(message.data, self._job)
            case _:
                return None

    def _advance(self, frame: Begun | Advanced) -> None:
        before = self._gauge.level
        self._gauge.take(frame)
        if self._gauge.level > before:
            self._report(Progress(self._gauge.level))

    async def _preview(self, data: bytes) -> None:
        try:
            picture = await from_bytes(data, self._tools)
        except EmptyAnswer as error:
            event(_log, logging.DEBUG, "preview not shown", detail=error.detail)
            return
        self._report(Progress(self._gauge.level, picture, self._previews))
        self._previews += 1


@asynccontextmanager
async def listening(
    http: UpstreamHttp, client: str, hear: Callable[[WSMessage], Awaitable[None]]
) -> AsyncIterator[None]:
    """Hand every frame for `client` to `hear` while the body runs.

    The body begins once the websocket is open, so that it misses no frame, or has failed to open: then there is
    no progress to hear, and the work goes on without.
    """
    ready = asyncio.Event()
    task = asyncio.create_task(_listen(http, client, hear, ready))
    try:
        await ready.wait()
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()


async def _listen(
    http: UpstreamHttp, client: str, hear: Callable[[WSMessage], Awaitable[None]], ready: asyncio.Event
) -> None:
    try:
        async with http.websocket("/ws", params={"clientId": client}) as socket:
            await socket.send_str(FEATURE_FLAGS)
            ready.set()
            async for message in socket:
                await hear(message)
        cause = "closed by the backend"
    except (NotSent, ClientError, ConnectionError) as error:
        cause = repr(error)
    finally:
        ready.set()
    event(_log, logging.INFO, "progress not heard", cause=cause)
