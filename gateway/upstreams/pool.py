"""Makes several unreliable, slow, costly backends look like one good one: the only caller of drivers.

Every picture gets at most three attempts. A backend that failed is left for the next that can do the request;
only when no other is left is it asked again, after the wait that it asked for, and out of a budget. What may
have been done, and billed, is not asked for again unless the backend is configured so.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.clock import Clock
from gateway.errors import Unavailable
from gateway.images import AnyRequest, UpscaleRequest
from gateway.lifecycle import Deadline
from gateway.metrics import Metrics
from gateway.models import Models
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Made, Outcome, Refused, Report, UpstreamError
from gateway.upstreams.bulkhead import QueueFull
from gateway.upstreams.member import BreakerOpen, Member
from gateway.upstreams.retry import MOST_ATTEMPTS, wait_before
from gateway.upstreams.routing import route
from gateway.upstreams.verdict import verdict

_FAILS_OVER = frozenset({Outcome.NOT_SENT, Outcome.REFUSED, Outcome.REJECTED, Outcome.EMPTY})
_RETRIED = frozenset({Outcome.NOT_SENT, Outcome.REFUSED})


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


@dataclass(frozen=True, slots=True)
class Asking:
    """One request on its way to a picture."""

    order: AnyRequest
    report: Report
    attempts: Attempts
    deadline: Deadline
    token: str
    """Whose turn it is when calls have to wait; empty when the gateway is open."""


class Pool:
    def __init__(
        self, members: Mapping[str, Member], models: Models, metrics: Metrics, clock: Clock, dice: random.Random
    ) -> None:
        self._members = members
        self._models = models
        self._metrics = metrics
        self._clock = clock
        self._dice = dice

    async def ask(self, asking: Asking) -> Delivery:
        """As many pictures as are wanted: all of them, or an error.

        Raises:
            GatewayError: nobody can do it, nobody is available, or everybody who could has failed.
        """
        order = asking.order
        model = self._models.resolve(order.model, order.operation)
        turns = _Turns(route(order, model, self._members, self._dice))
        wanted = _count(order)
        pictures: list[Delivered] = []
        for number in range(MOST_ATTEMPTS):
            member = turns.next()
            if member is None or not await self._may_ask(member, turns, asking, number):
                break
            missing = wanted - len(pictures)
            made, failures = await self._round(member, asking, missing)
            pictures += [Delivered(picture, member.name) for picture in made[:missing]]
            if len(pictures) == wanted:
                return Delivery(tuple(pictures), asking.attempts.count)
            turns.failed(member, failures)
            if turns.hopeless:
                break
        raise turns.verdict()

    async def _may_ask(self, member: Member, turns: _Turns, asking: Asking, number: int) -> bool:
        """Whether `member` is asked now; where it is asked again, after its wait and out of its budget."""
        if asking.attempts.abandoned:
            return number == 0
        last = turns.last_failure(member)
        if last is None:
            return True
        wait = wait_before(number, last.retry_after, self._dice)
        if wait >= asking.deadline.seconds_left or not member.budget.spend():
            return False
        self._metrics.upstream_retries.labels(member.name).inc()
        await self._clock.sleep(wait)
        return not asking.attempts.abandoned

    async def _round(
        self, member: Member, asking: Asking, missing: int
    ) -> tuple[list[Made], list[UpstreamError | QueueFull | BreakerOpen]]:
        """Ask `member` for what is missing, in as many calls at once as it takes."""
        calls = [
            asyncio.ensure_future(member.attempt(part, asking.report, asking.attempts, asking.token))
            for part in _parts(asking.order, missing, member)
        ]
        try:
            await self._settle(calls, member)
        finally:
            await _end(calls)  # with their clean-up: whoever is cancelled leaves no call behind
        made: list[Made] = []
        failures: list[UpstreamError | QueueFull | BreakerOpen] = []
        for call in calls:
            if call.cancelled():
                continue
            error = call.exception()
            if error is None:
                made += call.result()
            elif isinstance(error, UpstreamError | QueueFull | BreakerOpen):
                failures.append(error)
            else:
                raise error
        if len(made) < missing and not failures:
            failures.append(Refused(f"{len(made)} of {missing} pictures"))
        return made, failures

    async def _settle(self, calls: Iterable[asyncio.Future[tuple[Made, ...]]], member: Member) -> None:
        """Wait for all `calls`, or for the first that leaves no hope for the whole."""
        running = set(calls)
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            if any(_is_final(call.exception(), member) for call in done):
                return


async def _end(calls: Sequence[asyncio.Future[tuple[Made, ...]]]) -> None:
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)


class _Turns:
    """Whose turn it is among the backends that can do the request, and how each has failed."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._failures: list[tuple[Member, UpstreamError]] = []
        self._asked: set[str] = set()
        self._unavailable: list[float] = []
        self.hopeless = False

    def next(self) -> Member | None:
        """The first that was not asked yet, else the first that may be asked again."""
        for member in self._members:
            if member.name in self._asked:
                continue
            if member.breaker.would_pass():
                return member
            self._asked.add(member.name)
            self._unavailable.append(member.breaker.seconds_left)
        return next((member for member in self._members if self._may_retry(member)), None)

    def failed(self, member: Member, failures: Sequence[UpstreamError | QueueFull | BreakerOpen]) -> None:
        self._asked.add(member.name)
        for failure in failures:
            if isinstance(failure, UpstreamError):
                self._failures.append((member, failure))
            else:
                self._unavailable.append(member.breaker.seconds_left)
        self.hopeless = any(_is_final(failure, member) for failure in failures)

    def last_failure(self, member: Member) -> UpstreamError | None:
        return next((failure for asked, failure in reversed(self._failures) if asked is member), None)

    def verdict(self) -> Exception:
        if self._failures:
            return verdict([failure for _, failure in self._failures])
        return Unavailable("No backend of this model is available", retry_after=min(self._unavailable, default=1) or 1)

    def _may_retry(self, member: Member) -> bool:
        last = self.last_failure(member)
        if last is None or not member.breaker.would_pass():
            return False
        return last.outcome in _RETRIED or (last.outcome is Outcome.AMBIGUOUS and member.retries_ambiguous)


def _is_final(error: BaseException | None, member: Member) -> bool:
    """Whether asking anybody again is pointless, or could be billed twice."""
    if error is None or isinstance(error, QueueFull | BreakerOpen):
        return False
    if not isinstance(error, UpstreamError):
        return True
    if error.outcome is Outcome.AMBIGUOUS:
        return not member.retries_ambiguous
    return error.outcome not in _FAILS_OVER


def _count(order: AnyRequest) -> int:
    return 1 if isinstance(order, UpscaleRequest) else order.n


def _parts(order: AnyRequest, wanted: int, member: Member) -> list[AnyRequest]:
    """`order` cut into calls of as many pictures as `member` makes at a time."""
    if isinstance(order, UpscaleRequest):
        return [order]
    most = member.capabilities.operations[order.operation].max_n
    return [replace(order, n=min(most, wanted - start)) for start in range(0, wanted, most)]
