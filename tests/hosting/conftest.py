"""A clock that moves when told, and file stores that close themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from gateway.clock import Clock
from gateway.hosting.retention import Retention
from gateway.hosting.stores.filesystem import FileStore

START = 1_763_989_628.0  # 2025-11-24 13:07:08 UTC


class ManualClock:
    def __init__(self) -> None:
        self._time = START
        self._monotonic = 100.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def time(self) -> float:
        return self._time

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._monotonic + seconds, woken))
        await woken

    def advance(self, seconds: float) -> None:
        self._time += seconds
        self._monotonic += seconds
        for due, woken in self._sleepers:
            if due <= self._monotonic and not woken.done():
                woken.set_result(None)

    def jump(self, seconds: float) -> None:
        self._time += seconds


@pytest.fixture
def manual_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def clock(manual_clock: ManualClock) -> Clock:
    """Stands at 13:07:08 on 24 November 2025, UTC."""
    return manual_clock


@pytest.fixture
def advance(manual_clock: ManualClock) -> Callable[[float], None]:
    """Let that many seconds pass."""
    return manual_clock.advance


@pytest.fixture
def jump(manual_clock: ManualClock) -> Callable[[float], None]:
    """Set the wall clock by that many seconds, while none pass."""
    return manual_clock.jump


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Let threads and tasks work until they have done something; fail after five seconds."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - threads set no event of ours
                await asyncio.sleep(0.001)

    return wait


@pytest.fixture
async def open_store(tmp_path: Path, clock: Clock) -> AsyncIterator[Callable[..., Awaitable[FileStore]]]:
    """Open a file store in the test's folder; takes the arguments of `Retention`."""
    stores: list[FileStore] = []

    async def opened(**retention: float) -> FileStore:
        store = FileStore(tmp_path / "images", Retention(**retention), clock=clock)  # type: ignore[arg-type]  # a test's whole numbers
        stores.append(store)
        await store.open()
        return store

    yield opened
    for store in stores:
        await store.close()
