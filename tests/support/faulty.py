"""Requests by the thousand through a pool, a driver and HTTP to providers that fail, and the figures of it."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from gateway.config import UpstreamSettings
from gateway.errors import GatewayError
from gateway.images import GenerateRequest
from gateway.lifecycle import Lifecycle
from gateway.metrics import Metrics
from gateway.upstreams.asking import Asking
from gateway.upstreams.attempts import Attempts
from gateway.upstreams.base import Made, NotSent, Refused, Report
from gateway.upstreams.member import Member
from gateway.upstreams.pool import Pool
from support.clocks import LeapingClock, ManualClock
from support.drivers import opened, unheard
from support.provider import Provider
from support.scripted import ScriptedUpstream, pool_of

SEED = 20_251_124


@dataclass
class Figures:
    """What so many requests came to."""

    name: str
    requests: int = 0
    succeeded: int = 0
    calls: int = 0
    seconds: list[float] = field(default_factory=list)
    """Of each request. Waits between attempts are not in it where they are leapt over."""
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def success(self) -> float:
        return self.succeeded / self.requests

    @property
    def calls_per_request(self) -> float:
        return self.calls / self.requests

    @property
    def p99(self) -> float:
        """Seconds within which 99 of 100 requests were answered."""
        return sorted(self.seconds)[int(0.99 * len(self.seconds))]

    def add(self, *, succeeded: bool, calls: int, seconds: float) -> None:
        self.requests += 1
        self.succeeded += succeeded
        self.calls += calls
        self.seconds.append(seconds)

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.requests} requests, {self.success:.2%} succeeded,"
            f" {self.calls_per_request:.3f} calls per request, p99 {self.p99 * 1000:.1f} ms"
            f"{' ' + str(self.errors) if self.errors else ''}"
        )


async def one_request(pool: Pool, prompt: str, figures: Figures) -> None:
    attempts, began = Attempts(), time.perf_counter()
    order = GenerateRequest(model="m", prompt=prompt)
    try:
        with Lifecycle().deadline(asyncio.get_running_loop().time() + 300) as deadline:
            await pool.ask(Asking(order, unheard, attempts, deadline, ""))
        succeeded = True
    except GatewayError as error:
        succeeded = False
        figures.errors[error.label] = figures.errors.get(error.label, 0) + 1
    figures.add(succeeded=succeeded, calls=attempts.count, seconds=time.perf_counter() - began)


class Bench:
    """A pool of `openai` drivers, in which time leaps and the dice are loaded, so that each run is the same."""

    def __init__(self, members: Sequence[Member], clock: LeapingClock, metrics: Metrics) -> None:
        self.members = members
        self.clock = clock
        self._pool = pool_of(members, metrics, clock, random.Random(SEED))

    async def run(self, name: str, requests: int, *, apart: float = 0.0) -> Figures:
        """So many requests, one after another, which come `apart` seconds."""
        figures = Figures(name)
        for number in range(requests):
            await one_request(self._pool, f"request {number}", figures)
            self.clock.now += apart
        return figures


@asynccontextmanager
async def bench(*providers: Provider, **keys: Any) -> AsyncIterator[Bench]:
    """The first provider is preferred; `keys` are those of every upstream."""
    clock, metrics = LeapingClock(), Metrics()
    settings = UpstreamSettings(driver="openai", **keys)
    members = []
    async with AsyncExitStack() as stack:
        for number, provider in enumerate(providers):
            driver = opened("openai", base_url=provider.base_url, model="m", clock=clock, **keys)
            upstream = await stack.enter_async_context(driver)
            upstream.name = f"backend {number}"
            members.append(Member(upstream, settings, metrics, clock))
        yield Bench(members, clock, metrics)


@contextmanager
def refusing(provider: Provider, share: float) -> Iterator[None]:
    """So many of the connections to `provider` are refused, as a full backlog or a restart does it."""
    provider.keeps_connections = False  # so that every call dials
    dice, dial = random.Random(SEED), BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop: BaseSelectorEventLoop, sock: socket.socket, address: tuple[Any, ...]) -> None:
        if address[1] == provider.port and dice.random() < share:
            raise ConnectionRefusedError(111, "Connection refused")
        await dial(loop, sock, address)

    with mock.patch.object(BaseSelectorEventLoop, "sock_connect", sock_connect):
        yield


class SlowUpstream(ScriptedUpstream):
    """Fails at once or takes its time, as backends that make pictures do."""

    def __init__(self, clock: ManualClock, *, share: float, seconds: float) -> None:
        super().__init__("slow")
        self._clock = clock
        self._share = share
        self._seconds = seconds
        self._dice = random.Random(SEED)

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        if self._dice.random() < self._share:
            raise self._dice.choice([NotSent("refused"), Refused("busy", status=503)])
        await self._clock.sleep(self._seconds)
        return await super().generate(request, report)


async def burst(name: str, requests: int, *, share: float, seconds: float, concurrency: int) -> tuple[Figures, Member]:
    """So many requests at once for a backend that takes `seconds` for a picture, in a time of its own."""
    clock, metrics, figures = ManualClock(), Metrics(), Figures(name)
    settings = UpstreamSettings(driver="slow", concurrency=concurrency, queue=requests)
    member = Member(SlowUpstream(clock, share=share, seconds=seconds), settings, metrics, clock)
    pool = pool_of([member], metrics, clock, random.Random(SEED))
    asked = asyncio.gather(*(one_request(pool, f"request {number}", figures) for number in range(requests)))
    while not asked.done():
        for _ in range(10):
            await asyncio.sleep(0)
        clock.advance(0.25)
    await asked
    return figures, member
