"""A driver that does what it is told, call by call, and a pool of such."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gateway.clock import Clock
from gateway.config import UpstreamSettings
from gateway.images import AnyRequest, EditRequest, GenerateRequest, Operation, UpscaleRequest
from gateway.lifecycle import Lifecycle
from gateway.metrics import Metrics
from gateway.models import Model, WeightedName
from gateway.upstreams.asking import Asking
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Capabilities, Capability, Made, Outcome, Report
from gateway.upstreams.breaker import UNREACHED_IN_A_ROW
from gateway.upstreams.member import Member
from gateway.upstreams.pool import Delivery, Pool
from support.clocks import LeapingClock, StillDice
from support.drivers import taken, unheard
from support.samples import plain

Step: TypeAlias = Exception | int | asyncio.Event
"""An error to raise, how many pictures to give, or what to wait for before giving all."""

PICTURE = taken(plain((8, 8)))


class ScriptedUpstream:
    """Gives all that is asked for once its script is through."""

    def __init__(self, name: str, *steps: Step, max_n: int = 4) -> None:
        self.name = name
        self.capabilities = Capabilities({operation: Capability(max_n=max_n, masks=True) for operation in Operation})
        self.calls: list[AnyRequest] = []
        self.cancelled = 0
        self.script = deque(steps)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> None: ...

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        del report
        return await self._answer(request, request.n)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        del report
        return await self._answer(request, request.n)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:
        del report
        return await self._answer(request, 1)

    async def _answer(self, request: AnyRequest, n: int) -> tuple[Made, ...]:
        self.calls.append(request)
        step = self.script.popleft() if self.script else n
        try:
            await (step.wait() if isinstance(step, asyncio.Event) else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(step, Exception):
            raise step
        return (Made(PICTURE),) * (step if isinstance(step, int) else n)


class OneModel:
    """In place of `gateway.models.Models`: every name calls the same model."""

    def __init__(self, ranks: Sequence[Sequence[WeightedName]]) -> None:
        self._model = Model("m", "us", frozenset(Operation), tuple(map(tuple, ranks)), {}, frozenset())

    def resolve(self, _name: str | None, _operation: Operation) -> Model:
        return self._model


def pool_of(members: Sequence[Member], metrics: Metrics, clock: Clock, dice: random.Random) -> Pool:
    """The first is preferred."""
    models = OneModel([[WeightedName(member.name, 1)] for member in members])
    return Pool({member.name: member for member in members}, models, metrics, clock, dice)  # type: ignore[arg-type]  # all that it needs of models


@dataclass
class Dispatch:
    """A pool of scripted upstreams, the first preferred, in which nobody waits."""

    upstreams: Sequence[ScriptedUpstream]
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Of every upstream, as in gateway.yaml."""

    def __post_init__(self) -> None:
        self.clock = LeapingClock()
        self.metrics = Metrics()
        self.lifecycle = Lifecycle()
        settings = UpstreamSettings(driver="scripted", **self.keys)
        self.members = {
            upstream.name: Member(upstream, settings, self.metrics, self.clock) for upstream in self.upstreams
        }
        self.pool = pool_of(list(self.members.values()), self.metrics, self.clock, StillDice())

    @property
    def calls(self) -> list[int]:
        """How often each upstream was asked."""
        return [len(upstream.calls) for upstream in self.upstreams]

    async def ask(
        self, n: int = 1, *, token: str = "", seconds: float = 300, attempts: Attempts | None = None
    ) -> Delivery:
        order = GenerateRequest(model="m", prompt="p", n=n)
        with self.lifecycle.deadline(asyncio.get_running_loop().time() + seconds) as deadline:
            return await self.pool.ask(Asking(order, unheard, attempts or Attempts(), deadline, token))


def one(*steps: Step, max_n: int = 4, **keys: Any) -> Dispatch:
    return Dispatch([ScriptedUpstream("first", *steps, max_n=max_n)], keys)


def two(first: list[Step], second: list[Step], *, max_n: int = 4, **keys: Any) -> Dispatch:
    return Dispatch(
        [ScriptedUpstream("first", *first, max_n=max_n), ScriptedUpstream("second", *second, max_n=max_n)], keys
    )


def opened(dispatch: Dispatch, name: str = "first") -> Dispatch:
    """With this backend's breaker open."""
    breaker = dispatch.members[name].breaker
    for _ in range(UNREACHED_IN_A_ROW):
        ticket = breaker.enter()
        assert ticket is not None
        breaker.record(ticket, Outcome.NOT_SENT)
    assert breaker.is_open
    return dispatch
