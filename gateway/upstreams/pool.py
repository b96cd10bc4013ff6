"""Makes several unreliable backends look like one good one: the only caller of drivers."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.clock import Clock
from gateway.images import AnyRequest, EditRequest, GenerateRequest, UpscaleRequest
from gateway.lifecycle import Deadline
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.models import Models
from gateway.upstreams.base import (
    EmptyAnswer,
    Made,
    Outcome,
    Report,
    Upstream,
    UpstreamError,
)
from gateway.upstreams.routing import route
from gateway.upstreams.verdict import verdict

_FAILS_OVER = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REJECTED, Outcome.EMPTY})
_log = logging.getLogger("gateway.upstreams")


@dataclass(frozen=True, slots=True)
class Delivered:
    made: Made
    upstream: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """All the pictures that were asked for, and who made them."""

    pictures: tuple[Delivered, ...]
    attempts: int

    @property
    def upstream(self) -> str:
        return ", ".join(dict.fromkeys(picture.upstream for picture in self.pictures))


class Pool:
    def __init__(
        self,
        upstreams: Mapping[str, Upstream],
        models: Models,
        metrics: Metrics,
        clock: Clock,
        dice: random.Random,
    ) -> None:
        self._upstreams = upstreams
        self._models = models
        self._metrics = metrics
        self._clock = clock
        self._dice = dice

    async def ask(self, order: AnyRequest, report: Report, deadline: Deadline) -> Delivery:
        """As many pictures as `order` wants, from the first upstreams that give them.

        Raises:
            GatewayError: nobody can do it, or everybody who could has failed.
        """
        model = self._models.resolve(order.model, order.operation)
        wanted = _count(order)
        pictures: list[Delivered] = []
        failures: list[UpstreamError] = []
        attempts = 0
        for upstream in route(order, model, self._upstreams, self._dice):
            deadline.sent = True
            calls = [self._call(upstream, part, report) for part in _parts(order, wanted - len(pictures), upstream)]
            attempts += len(calls)
            for result in await asyncio.gather(*calls):
                if isinstance(result, UpstreamError):
                    failures.append(result)
                else:
                    pictures += [Delivered(made, upstream.name) for made in result]
            if len(pictures) >= wanted:
                return Delivery(tuple(pictures[:wanted]), attempts)
            if any(failure.outcome not in _FAILS_OVER for failure in failures):
                break
        raise verdict(failures)

    async def _call(self, upstream: Upstream, order: AnyRequest, report: Report) -> tuple[Made, ...] | UpstreamError:
        """One attempt, observed. A failure is returned, so that the pictures of its neighbours are not lost."""
        labels = upstream.name, order.operation
        in_flight = self._metrics.upstream_in_flight.labels(upstream.name)
        in_flight.inc()
        started = self._clock.monotonic()
        outcome = Outcome.AMBIGUOUS
        try:
            made = await _dispatch(upstream, order, report)
            if not made:
                raise EmptyAnswer("no picture")
        except UpstreamError as error:
            outcome = error.outcome
            event(
                _log,
                logging.WARNING,
                "attempt failed",
                upstream=upstream.name,
                operation=order.operation,
                outcome=outcome,
                status=error.status,
                detail=error.detail,
            )
            return error
        else:
            outcome = Outcome.SUCCESS
            return made
        finally:
            in_flight.dec()
            seconds = self._clock.monotonic() - started
            self._metrics.upstream_duration.labels(*labels).observe(seconds)
            self._metrics.upstream_requests.labels(*labels, outcome).inc()


async def _dispatch(upstream: Upstream, order: AnyRequest, report: Report) -> tuple[Made, ...]:
    match order:
        case GenerateRequest():
            return await upstream.generate(order, report)
        case EditRequest():
            return await upstream.edit(order, report)
        case UpscaleRequest():
            return await upstream.upscale(order, report)


def _count(order: AnyRequest) -> int:
    return 1 if isinstance(order, UpscaleRequest) else order.n


def _parts(order: AnyRequest, wanted: int, upstream: Upstream) -> list[AnyRequest]:
    """`order` cut into calls of as many pictures as `upstream` makes at a time."""
    if isinstance(order, UpscaleRequest):
        return [order]
    most = upstream.capabilities.operations[order.operation].max_n
    return [replace(order, n=min(most, wanted - start)) for start in range(0, wanted, most)]
