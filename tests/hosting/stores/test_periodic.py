from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.clock import Clock
from gateway.hosting.stores.periodic import Periodic

Start = Callable[..., Periodic]


@pytest.fixture
async def start(clock: Clock) -> AsyncIterator[Start]:
    """Start work that is done every ten seconds."""
    started: list[Periodic] = []

    def begin(work: Callable[[], Awaitable[object]], *, at_once: bool = False) -> Periodic:
        periodic = Periodic(work, interval=10, clock=clock)
        periodic.start(at_once=at_once)
        started.append(periodic)
        return periodic

    yield begin
    for periodic in started:
        await periodic.stop()


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_work_is_done_after_every_interval(start: Start, advance: Callable[[float], None]) -> None:
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))

    start(work)
    for expected in range(3):
        await settle()
        assert len(turns) == expected
        advance(10)


async def test_work_can_begin_at_once(start: Start) -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    start(work, at_once=True)
    await asyncio.wait_for(done.wait(), 5)


async def test_waking_does_the_work_early_and_once_more_if_it_is_being_done(start: Start) -> None:
    turns, gate = list[int](), asyncio.Semaphore(0)

    async def work() -> None:
        turns.append(len(turns))
        await gate.acquire()

    periodic = start(work)
    periodic.wake()
    await settle()
    periodic.wake()
    periodic.wake()
    gate.release()
    await settle()

    assert turns == [0, 1]


async def test_a_failure_is_logged_and_the_next_turn_comes(
    start: Start, advance: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        raise OSError("disk")

    start(work, at_once=True)
    await settle()
    advance(10)
    await settle()

    assert turns == [0, 1]
    assert [record.message for record in caplog.records] == ["background work failed"] * 2


async def test_stopping_ends_the_task_and_stopping_what_never_began_is_no_error(clock: Clock) -> None:
    async def work() -> None:
        pytest.fail("it was not to begin")

    never, once = Periodic(work, interval=1, clock=clock), Periodic(work, interval=1, clock=clock)
    once.start()
    await never.stop()
    await once.stop()
    await settle()

    assert asyncio.all_tasks() == {asyncio.current_task()}
