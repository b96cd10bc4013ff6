"""Makes several unreliable, slow, costly backends look like one good one: whoever wants pictures of a driver asks here.

Every picture gets at most three attempts. A backend that failed is left for the next that can do the request;
only when no other is left is it asked again, after the wait that it asked for, and out of a budget. What may
have been done, and billed, is not asked for again unless the backend is configured so.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from gateway.clock import Clock
from gateway.images import AnyRequest, UpscaleRequest
from gateway.metrics import Metrics
from gateway.models import Models
from gateway.upstreams.asking import Asking
from gateway.upstreams.base import Made, Refused, UpstreamError
from gateway.upstreams.bulkhead import QueueFull
from gateway.upstreams.member import BreakerOpen, Member
from gateway.upstreams.retry import jitter
from gateway.upstreams.routing import route
from gateway.upstreams.turns import Failure, Turns, is_final

Call: TypeAlias = "asyncio.Task[tuple[Made, ...]]"


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
        names = dict.fromkeys([picture.upstream for picture in self.pictures])
        return ", ".join(names)


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
        turns = Turns(route(order, model, self._members, self._dice), self._clock)
        missing = order.count
        pictures: list[Delivered] = []
        while (member := await self._next(turns, asking, missing)) is not None:
            made, failures = await _round(member, asking, missing)
            pictures += [Delivered(picture, member.name) for picture in made[:missing]]
            missing -= len(made[:missing])
            if not missing:
                asking.attempts.delivered = True
                return Delivery(tuple(pictures), asking.attempts.count)
            turns.failed(member, failures)
        raise turns.verdict()

    async def _next(self, turns: Turns, asking: Asking, missing: int) -> Member | None:
        """Who is asked now: whoever was not asked yet, else after its wait and out of its budget who failed."""
        if turns.over or asking.attempts.abandoned:
            return None
        return turns.fresh() or await self._again(turns, asking, missing)

    async def _again(self, turns: Turns, asking: Asking, missing: int) -> Member | None:
        def calls(member: Member) -> int:
            return len(_parts(asking.order, missing, member))

        member = turns.again(calls)
        if member is None:
            return None
        wait = turns.wait(member) + jitter(turns.retry, self._dice)
        if wait >= asking.deadline.seconds_left:
            return None
        member.budget.spend(calls(member))
        self._metrics.upstream_retries.labels(member.name).inc(calls(member))
        await self._clock.sleep(wait)
        return None if asking.attempts.abandoned else member


async def _round(member: Member, asking: Asking, missing: int) -> tuple[list[Made], list[Failure]]:
    """Ask `member` for what is missing, in as many calls at once as it takes."""
    orders = _parts(asking.order, missing, member)
    parts = [asking if order is asking.order else replace(asking, order=order) for order in orders]
    results = [await _alone(member, parts[0])] if len(parts) == 1 else await _together(member, parts)
    made: list[Made] = []
    failures: list[Failure] = []
    for result in results:
        if isinstance(result, tuple):
            made += result
        elif isinstance(result, UpstreamError | QueueFull | BreakerOpen):
            failures.append(result)
        elif not isinstance(result, asyncio.CancelledError):
            raise result
    if made and len(made) < missing and not any(isinstance(failure, UpstreamError) for failure in failures):
        failures.append(Refused(f"{len(made)} of {missing} pictures"))
    return made, failures


async def _alone(member: Member, asking: Asking) -> tuple[Made, ...] | BaseException:
    """One call needs no task of its own."""
    try:
        return await member.attempt(asking)
    except Exception as error:  # noqa: BLE001 - looked at by whoever asked, as if it came from a task
        return error


async def _together(member: Member, parts: Sequence[Asking]) -> list[tuple[Made, ...] | BaseException]:
    calls = [asyncio.create_task(member.attempt(part)) for part in parts]
    try:
        await _settle(calls, member)
    finally:
        results = await _end(calls)
    return results


async def _settle(calls: Iterable[Call], member: Member) -> None:
    """Wait for all `calls`, or for the first that leaves no hope for the whole."""
    running = set(calls)
    while running:
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        if any(call.cancelled() or is_final(call.exception(), member) for call in done):
            return


async def _end(calls: Sequence[Call]) -> list[tuple[Made, ...] | BaseException]:
    """Cancel what still runs, and wait for its clean-up: whoever is cancelled leaves no call behind."""
    for call in calls:
        call.cancel()
    return await asyncio.gather(*calls, return_exceptions=True)


def _parts(order: AnyRequest, wanted: int, member: Member) -> list[AnyRequest]:
    """`order` cut into calls of as many pictures as `member` makes at a time."""
    if isinstance(order, UpscaleRequest):
        return [order]
    most = member.capabilities.operations[order.operation].max_n
    if order.n == wanted <= most:
        return [order]
    return [order.but(n=min(most, wanted - start)) for start in range(0, wanted, most)]
