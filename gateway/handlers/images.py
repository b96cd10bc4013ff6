"""Generations, edits and upscales: ask an upstream, rehost what comes back, render the answer."""

from __future__ import annotations

from aiohttp import web

from gateway.answers import Answer
from gateway.clock import Clock
from gateway.concurrency import all_of
from gateway.errors import NotFound
from gateway.handlers.events import stream_events
from gateway.handlers.rendering import Renderer
from gateway.hosting.rehost import Rehost
from gateway.images import AnyRequest, UpscaleRequest
from gateway.lifecycle import Deadline
from gateway.metrics import Metrics
from gateway.request_keys import ANSWER, DEADLINE, IMAGE_REQUEST
from gateway.upstreams.base import Progress, Report
from gateway.upstreams.pool import Pool


class ImageHandler:
    def __init__(self, pool: Pool, rehost: Rehost, render: Renderer, metrics: Metrics, clock: Clock) -> None:
        self._pool = pool
        self._rehost = rehost
        self._render = render
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]

        async def work(report: Report) -> Answer:
            request[ANSWER] = await self._make(order, report, request[DEADLINE])
            return request[ANSWER]

        if not isinstance(order, UpscaleRequest) and order.stream:
            return await stream_events(request, work, lambda answer: self._render.headers(request, answer))
        return await self._render(request, await work(_unheard))

    async def _make(self, order: AnyRequest, report: Report, deadline: Deadline) -> Answer:
        delivery = await self._pool.ask(order, report, deadline)
        images = await all_of(self._rehost(picture.made, order) for picture in delivery.pictures)
        for picture in delivery.pictures:
            self._metrics.images.labels(order.operation, order.model, picture.upstream).inc()
        return Answer(
            created=int(self._clock.time()),
            images=tuple(images),
            upstream=delivery.upstream,
            attempts=delivery.attempts,
        )


def _unheard(_: Progress) -> None:
    """Nobody listens to the progress of an ordinary answer."""


async def no_variations(_: web.Request) -> web.StreamResponse:
    raise NotFound("Image variations are not offered. Use /v1/images/edits with a prompt")
