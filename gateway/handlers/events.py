"""`stream: true`: pictures as server-sent events, with comment lines as progress and keep-alive."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import hdrs, web

from gateway.answers import Answer, AnsweredImage
from gateway.blob import to_base64
from gateway.errors import GatewayError, InternalError
from gateway.images import Operation, Picture
from gateway.request_keys import ATTEMPTS, DEADLINE, IMAGE_REQUEST
from gateway.upstreams.base import Progress, Report

KEEP_ALIVE = 10
"""Seconds of silence after which a comment line is sent: proxies commonly cut a silent line after 60."""

_EVENTS = {Operation.GENERATE: "image_generation", Operation.EDIT: "image_edit"}
_log = logging.getLogger("gateway.events")

Work: TypeAlias = Callable[[Report], Awaitable[Answer]]


class _ClientLeft(Exception):
    """The client has left while it was written to."""

    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__("the client has left")
        self.response = response


class EventStream:
    """Runs work and tells of it as it goes.

    The stream begins with the first thing to tell: a failure before that is an ordinary error answer, a failure
    after it an `error` event.
    """

    def __init__(
        self,
        request: web.Request,
        picture: Callable[[AnsweredImage], Awaitable[Picture]],
        url: Callable[[web.Request, AnsweredImage], str | None],
        headers: Callable[[web.Request, Answer], dict[str, str]],
    ) -> None:
        self._request = request
        self._order = request[IMAGE_REQUEST]
        self._picture = picture
        self._url = url
        self._headers = headers
        self._response: web.StreamResponse | None = None
        self._news: asyncio.Queue[Progress | None] = asyncio.Queue()

    async def run(self, work: Work) -> web.StreamResponse:
        task = asyncio.ensure_future(work(self._news.put_nowait))
        task.add_done_callback(self._ended)
        try:
            return await self._told(task)
        except _ClientLeft as left:
            return left.response  # nobody is there to be told
        finally:
            task.cancel()

    async def _told(self, task: asyncio.Future[Answer]) -> web.StreamResponse:
        try:
            await self._follow()
            return await self._completed(task.result())
        except GatewayError as error:
            return await self._failed(error)
        except _ClientLeft:
            raise
        except asyncio.CancelledError:
            # The deadline, not the client: tell it, as an `error` event where the stream has begun.
            if self._response is None or not self._request[DEADLINE].expired:
                raise
            return await self._failed(self._request[DEADLINE].error(sent=self._request[ATTEMPTS].sent))
        except Exception:
            if self._response is None:
                raise
            _log.exception("unexpected failure while streaming")  # too late for the errors link to answer
            return await self._failed(InternalError())

    def _ended(self, task: asyncio.Future[Answer]) -> None:
        """All news of the work are in the queue before this last one."""
        self._news.put_nowait(None)
        if not task.cancelled():
            task.exception()  # so that it counts as seen, also where the client has left before it

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE):
                    news = await self._news.get()
            except TimeoutError:
                await self._write(b": keep-alive\n\n")
                continue
            if news is None:
                return
            await self._write(b": progress %.2f\n\n" % news.done)
            if news.preview is not None:
                await self._event("partial_image", news.preview, partial_image_index=news.index)

    async def _completed(self, answer: Answer) -> web.StreamResponse:
        if self._response is None:
            await self._begin(self._headers(self._request, answer))
        for image in answer.images:
            picture = await self._picture(image)
            # An Idempotency-Key has pictures hosted that nobody would otherwise keep; then there is an address too.
            url = self._url(self._request, image)
            await self._event(
                "completed", picture, created_at=answer.created, url=url, revised_prompt=image.revised_prompt
            )
        return await self._end()

    async def _failed(self, error: GatewayError) -> web.StreamResponse:
        if self._response is None:
            raise error
        data = json.dumps({"type": "error", **error.body()}).encode()
        await self._write(b"event: error\ndata: %s\n\n" % data)
        return await self._end()

    async def _event(self, kind: str, picture: Picture, **fields: object) -> None:
        name = f"{_EVENTS[self._order.operation]}.{kind}"
        head = {
            "type": name,
            "output_format": picture.format,
            "size": f"{picture.width}x{picture.height}",
            **{key: value for key, value in fields.items() if value is not None},
        }
        text = await to_base64(picture.blob)
        await self._write(
            b'event: %s\ndata: %s,"b64_json":"%s"}\n\n' % (name.encode(), json.dumps(head)[:-1].encode(), text)
        )

    async def _write(self, data: bytes) -> None:
        response = self._response or await self._begin({})
        try:
            await response.write(data)
        except ConnectionError as error:
            raise _ClientLeft(response) from error

    async def _begin(self, headers: dict[str, str]) -> web.StreamResponse:
        self._response = web.StreamResponse(
            headers={**headers, hdrs.CACHE_CONTROL: "no-store", "X-Accel-Buffering": "no"}
        )
        self._response.content_type = "text/event-stream"
        self._response.charset = "utf-8"
        await self._response.prepare(self._request)
        return self._response

    async def _end(self) -> web.StreamResponse:
        response = self._response
        if response is None:
            raise RuntimeError("the stream has not begun")
        try:
            await response.write_eof()
        except ConnectionError as error:
            raise _ClientLeft(response) from error
        return response
