"""One backend as the pool sees it: its driver behind a breaker, a budget and a bounded queue, every call observed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from gateway.clock import Clock
from gateway.config import UpstreamSettings
from gateway.images import AnyRequest, EditRequest, GenerateRequest, UpscaleRequest
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Capabilities, EmptyAnswer, Made, Outcome, Report, Upstream, UpstreamError
from gateway.upstreams.breaker import Breaker
from gateway.upstreams.bulkhead import Bulkhead
from gateway.upstreams.retry import RetryBudget

_log = logging.getLogger("gateway.upstreams")


class BreakerOpen(Exception):
    """The backend is not asked now."""


class Member:
    def __init__(self, driver: Upstream, settings: UpstreamSettings, metrics: Metrics, clock: Clock) -> None:
        self.name = driver.name
        self.budget = RetryBudget()
        self.breaker = Breaker(clock)
        self.retries_ambiguous = settings.retry_ambiguous
        self._driver = driver
        self._finish = settings.on_disconnect == "finish"
        self._bulkhead = Bulkhead(settings.concurrency, settings.queue)
        self._metrics = metrics
        self._clock = clock
        metrics.upstream_queued.labels(self.name).set_function(lambda: self._bulkhead.queued)
        metrics.upstream_breaker_open.labels(self.name).set_function(lambda: self.breaker.is_open)
        self._in_flight = metrics.upstream_in_flight.labels(self.name)

    @property
    def capabilities(self) -> Capabilities:
        return self._driver.capabilities

    async def attempt(self, order: AnyRequest, report: Report, attempts: Attempts, token: str) -> tuple[Made, ...]:
        """One call.

        Raises:
            UpstreamError: what became of it.
            QueueFull, BreakerOpen: it was not made.
            GatewayError: the driver found the request at fault.
        """
        async with self._bulkhead.place(token):
            if not self.breaker.enter():
                raise BreakerOpen
            with attempts.call(finish=self._finish), self._in_flight.track_inprogress():
                return await self._observed(order, report, attempts.count)

    async def _observed(self, order: AnyRequest, report: Report, number: int) -> tuple[Made, ...]:
        started = self._clock.monotonic()
        outcome: Outcome | None = None
        try:
            made = await _verb(self._driver, order)(report)
            if not made:
                raise EmptyAnswer("no picture")
        except UpstreamError as error:
            outcome = error.outcome
            self._log(logging.WARNING, order, number, started, outcome, status=error.status, detail=error.detail)
            raise
        else:
            outcome = Outcome.SUCCESS
            self._log(logging.INFO, order, number, started, outcome)
            return made
        finally:
            self._settle(order, outcome, self._clock.monotonic() - started)

    def _settle(self, order: AnyRequest, outcome: Outcome | None, seconds: float) -> None:
        """`outcome` is None when the call was cancelled, or the request was at fault."""
        if outcome is None:
            self.breaker.release()
            return
        self.breaker.record(outcome)
        if outcome is Outcome.SUCCESS:
            self.budget.earn()
        self._metrics.upstream_duration.labels(self.name, order.operation).observe(seconds)
        self._metrics.upstream_requests.labels(self.name, order.operation, outcome).inc()

    def _log(
        self, level: int, order: AnyRequest, number: int, started: float, outcome: Outcome, **fields: object
    ) -> None:
        event(
            _log,
            level,
            "attempt",
            upstream=self.name,
            operation=order.operation,
            model=order.model,
            number=number,
            outcome=outcome,
            ms=round((self._clock.monotonic() - started) * 1000, 1),
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
