"""Generations, edits and upscales: ask an upstream, rehost what comes back, render the answer."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from gateway.answers import Answer
from gateway.clock import Clock
from gateway.concurrency import all_of
from gateway.errors import NotFound
from gateway.handlers.rendering import Renderer
from gateway.hosting.rehost import Rehost
from gateway.images import AnyRequest
from gateway.jobs import Job, Jobs, Sharing
from gateway.lifecycle import Deadline
from gateway.metrics import Metrics
from gateway.quotas.token_quotas import TokenQuotas
from gateway.request_keys import ATTEMPTS, CACHE_STATE, DEADLINE, IMAGE_REQUEST, SHARING, TOKEN
from gateway.tokens import Token
from gateway.upstreams.answer_memory import AnswerMemory
from gateway.upstreams.asking import Asking
from gateway.upstreams.base import Report
from gateway.upstreams.pool import Pool
from gateway.uses import Uses


class ImageHandler:
    def __init__(
        self,
        pool: Pool,
        rehost: Rehost,
        render: Renderer,
        jobs: Jobs,
        quotas: TokenQuotas,
        metrics: Metrics,
        clock: Clock,
        memory: AnswerMemory,
        uses: Uses,
    ) -> None:
        """`uses`: of the backends; work goes on with them after its request has ended."""
        self._pool = pool
        self._rehost = rehost
        self._render = render
        self._jobs = jobs
        self._quotas = quotas
        self._metrics = metrics
        self._clock = clock
        self._memory = memory
        self._uses = uses

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        async def work(report: Report) -> Answer:
            return await self._job(request).result(report)

        return await self._render.live(request, work)

    def _job(self, request: web.Request) -> Job:
        """The work for an equal request that is under way, else new work."""
        sharing, end = request.get(SHARING, Sharing()), request[DEADLINE].end
        job = self._jobs.join(sharing, end)
        if job is not None:
            request[CACHE_STATE] = "COALESCED"
        else:
            make = partial(self._charged, request[IMAGE_REQUEST], request.get(TOKEN), durable=bool(sharing.claim))
            job = self._jobs.start(sharing, end, make)
            self._uses.begin()
            job.when_done(self._uses.end)
        request[ATTEMPTS] = job.attempts
        return job

    async def _charged(
        self, order: AnyRequest, token: Token | None, job: Job, deadline: Deadline, *, durable: bool
    ) -> Answer:
        """Charges the work and not the request: a kept or shared answer costs nothing, abandoned work is paid for."""

        def is_lost() -> bool:
            return job.attempts.sent and not deadline.is_over

        async with self._quotas.images(token, order.count, is_lost):
            return await self._make(order, token.name if token else "", job, deadline, durable=durable)

    async def _make(self, order: AnyRequest, caller: str, job: Job, deadline: Deadline, *, durable: bool) -> Answer:
        self._rehost.admit(order, durable=durable)
        with self._memory.held():
            delivery = await self._pool.ask(Asking(order, job.report, job.attempts, deadline, caller))
            images = await all_of(self._rehost(picture.made, order, durable=durable) for picture in delivery.pictures)
        for picture in delivery.pictures:
            self._metrics.images.labels(order.operation, order.model, picture.upstream).inc()
        return Answer(
            created=int(self._clock.time()),
            images=tuple(images),
            upstream=delivery.upstream,
            attempts=delivery.attempts,
        )


async def no_variations(_: web.Request) -> web.StreamResponse:
    raise NotFound("Image variations are not offered. Use /v1/images/edits with a prompt")
