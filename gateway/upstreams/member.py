"""One backend as the pool sees it: its driver behind a breaker, a budget and a bounded queue, every call observed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.clock import Clock
from gateway.config import UpstreamSettings
from gateway.images import AnyRequest, EditRequest, GenerateRequest, UpscaleRequest
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.spans import Span, span
from gateway.trace import current_trace
from gateway.upstreams.asking import Asking
from gateway.upstreams.base import Capabilities, EmptyAnswer, Made, Outcome, Report, Upstream, UpstreamError
from gateway.upstreams.breaker import Ticket
from gateway.upstreams.standing import Standing

_log = logging.getLogger("gateway.upstreams")


class BreakerOpen(Exception):
    """The backend is not asked now."""


@dataclass(frozen=True, slots=True)
class _Call:
    order: AnyRequest
    number: int
    """Of all the calls for one request, from 1."""
    started: float
    span: Span


class Member:
    def __init__(
        self,
        driver: Upstream,
        settings: UpstreamSettings,
        metrics: Metrics,
        clock: Clock,
        standing: Standing | None = None,
    ) -> None:
        """`standing`: what is known already of the backend that these very settings describe."""
        self.name = driver.name
        self.standing = standing or Standing(settings, clock)
        self.budget, self.breaker = self.standing.budget, self.standing.breaker
        self.retries_ambiguous = settings.retry_ambiguous
        self._driver = driver
        self._finish = settings.on_disconnect == "finish"
        self._bulkhead = self.standing.bulkhead
        self._metrics = metrics
        self._clock = clock

    def show(self) -> None:
        """Have the metrics tell of this member, and no longer of one before it that bore its name."""
        metrics = self._metrics
        metrics.upstream_queued.labels(self.name).set_function(lambda: self._bulkhead.queued)
        metrics.upstream_breaker_open.labels(self.name).set_function(lambda: self.breaker.is_open)
        metrics.upstream_in_flight.labels(self.name).set_function(lambda: self.standing.in_flight)
        metrics.upstream_retries.labels(self.name)  # there from the start: a rate needs a first value

    @property
    def capabilities(self) -> Capabilities:
        return self._driver.capabilities

    async def attempt(self, asking: Asking) -> tuple[Made, ...]:
        """One call.

        Raises:
            UpstreamError: what became of it.
            QueueFull, BreakerOpen: it was not made.
            GatewayError: the driver found the request at fault.
        """
        await self._bulkhead.enter(asking.caller)
        try:
            ticket = self.breaker.enter()
            if ticket is None:
                raise BreakerOpen
            self.standing.in_flight += 1
            try:
                with asking.attempts.call(finish=self._finish), self._span(asking.order) as told:
                    return await self._observed(asking, ticket, told)
            finally:
                self.standing.in_flight -= 1
        finally:
            self._bulkhead.leave()

    async def _observed(self, asking: Asking, ticket: Ticket, told: Span) -> tuple[Made, ...]:
        call = _Call(asking.order, asking.attempts.count, self._clock.monotonic(), told)
        outcome: Outcome | None = None
        try:
            made = await _verb(self._driver, asking.order)(asking.report)
            if not made:
                raise EmptyAnswer("no picture")
        except UpstreamError as error:
            outcome = error.outcome
            if error.status is not None:
                told.tell("http.response.status_code", error.status)
            self._log(logging.WARNING, call, outcome, status=error.status, detail=error.detail)
            raise
        except asyncio.CancelledError:
            if asking.deadline.is_over:  # else a backend that never answers would never count as down
                outcome = Outcome.AMBIGUOUS
                self._log(logging.WARNING, call, outcome, detail="no answer before the request's deadline")
            raise
        else:
            outcome = Outcome.SUCCESS
            asking.attempts.made = True
            self._log(logging.DEBUG, call, outcome)  # the line of the request tells as much
            return made
        finally:
            self._settle(call, ticket, outcome)

    def _span(self, order: AnyRequest) -> Span:
        operation = order.operation
        return span(f"{operation} {self.name}", remote=True, upstream=self.name, operation=operation, model=order.model)

    def _settle(self, call: _Call, ticket: Ticket, outcome: Outcome | None) -> None:
        """`outcome` is None when nobody waited any more, or the request was at fault."""
        if outcome is None:
            self.breaker.release(ticket)
            return
        was_open = self.breaker.is_open
        self.breaker.record(ticket, outcome)
        if self.breaker.is_open is not was_open:
            event(_log, logging.WARNING, "breaker closed" if was_open else "breaker opened", upstream=self.name)
        if outcome is Outcome.SUCCESS:
            self.budget.earn()
        call.span.tell("gateway.attempt", call.number)
        call.span.tell("gateway.outcome", outcome)
        if outcome is not Outcome.SUCCESS:
            call.span.fail(outcome)
        operation, trace = call.order.operation, current_trace.get()
        self._metrics.upstream_duration.labels(self.name, operation).observe(
            self._clock.monotonic() - call.started, exemplar=trace.exemplar if trace is not None else None
        )
        self._metrics.upstream_requests.labels(self.name, operation, outcome).inc()

    def _log(self, level: int, call: _Call, outcome: Outcome, **fields: object) -> None:
        if not _log.isEnabledFor(level):
            return
        event(
            _log,
            level,
            "attempt",
            upstream=self.name,
            operation=call.order.operation,
            model=call.order.model,
            number=call.number,
            outcome=outcome,
            ms=round((self._clock.monotonic() - call.started) * 1000, 1),
            **{name: value for name, value in fields.items() if value is not None},
        )


def _verb(driver: Upstream, order: AnyRequest) -> Callable[[Report], Awaitable[tuple[Made, ...]]]:
    match order:
        case GenerateRequest():
            return lambda report: driver.generate(order, report)
        case EditRequest():
            return lambda report: driver.edit(order, report)
        case UpscaleRequest():
            return lambda report: driver.upscale(order, report)
