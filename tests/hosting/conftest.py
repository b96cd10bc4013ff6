"""A clock that moves when told, and file stores that close themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from support.clocks import ManualClock

from gateway.clock import Clock
from gateway.hosting.retention import Retention
from gateway.hosting.stores.filesystem import FileStore


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

    async def opened(*, in_company: bool = False, **retention: float) -> FileStore:
        kept = Retention(**retention)  # type: ignore[arg-type]  # a test's whole numbers
        store = FileStore(tmp_path / "images", kept, clock=clock, in_company=in_company)
        stores.append(store)
        await store.open()
        return store

    yield opened
    for store in stores:
        await store.close()
