"""Deadlines: of one request, extended for who still waits, and cut when the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from gateway.errors import PollingTimeout, Unavailable
from gateway.lifecycle import Deadline, DeadlinePassed, Lifecycle, Phase


def now() -> float:
    return asyncio.get_running_loop().time()


async def for_ever() -> None:
    await asyncio.Event().wait()


async def under(lifecycle: Lifecycle, end: float, *, cleaning_up: Callable[[Deadline], None] | None = None) -> None:
    """Work that never ends, until `end`; then it cleans up."""
    with lifecycle.deadline(end) as deadline:
        try:
            await for_ever()
        finally:
            if cleaning_up is not None:
                cleaning_up(deadline)


def test_it_starts_unready_and_drains_last() -> None:
    lifecycle = Lifecycle()
    phases = [lifecycle.phase]

    lifecycle.ready()
    phases.append(lifecycle.phase)
    lifecycle.drain()

    assert [*phases, lifecycle.phase] == [Phase.STARTING, Phase.READY, Phase.DRAINING]


async def test_a_deadline_ends_what_is_inside() -> None:
    with pytest.raises(DeadlinePassed) as caught:
        await under(Lifecycle(), now())

    assert caught.value.deadline.expired


async def test_what_ends_in_time_is_left_alone() -> None:
    with Lifecycle().deadline(now() + 60) as deadline:
        assert 59 < deadline.seconds_left <= 60

    assert not deadline.expired


async def test_a_time_out_of_something_else_passes_through() -> None:
    async def time_out() -> None:
        with Lifecycle().deadline(now() + 60):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await time_out()


async def test_a_cancellation_is_not_a_deadline() -> None:
    task = asyncio.create_task(under(Lifecycle(), now() + 60))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_deadline_can_only_be_moved_away() -> None:
    with Lifecycle().deadline(now() + 60) as deadline:
        end = deadline.end
        deadline.extend(end - 30)
        assert deadline.end == end

        deadline.extend(end + 30)

        assert deadline.end == end + 30


async def test_one_that_has_passed_stays_so() -> None:
    with pytest.raises(DeadlinePassed):
        await under(Lifecycle(), now(), cleaning_up=lambda deadline: deadline.extend(now() + 60))


async def test_one_that_is_over_is_not_moved() -> None:
    with Lifecycle().deadline(now() + 60) as deadline:
        pass

    deadline.extend(now() + 120)

    assert not deadline.expired


async def test_the_end_of_the_process_ends_all_deadlines() -> None:
    lifecycle = Lifecycle()
    tasks = [asyncio.create_task(under(lifecycle, now() + 60)) for _ in range(10)]
    await asyncio.sleep(0)
    lifecycle.cut()

    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, DeadlinePassed) for result in results)


async def test_a_deadline_that_passes_in_the_moment_of_the_cut_does_no_harm() -> None:
    lifecycle = Lifecycle()

    with pytest.raises(DeadlinePassed):
        await under(lifecycle, now(), cleaning_up=lambda _: lifecycle.cut())


async def test_after_the_cut_nothing_new_is_begun_and_nothing_extended() -> None:
    lifecycle = Lifecycle()
    lifecycle.cut()

    async def extended() -> None:
        with lifecycle.deadline(now() + 60) as deadline:
            deadline.extend(now() + 120)
            await for_ever()

    with pytest.raises(DeadlinePassed):
        await asyncio.wait_for(extended(), 1)


async def test_the_client_is_told_whose_time_was_over() -> None:
    lifecycle = Lifecycle()
    with lifecycle.deadline(now() + 60) as deadline:
        late = deadline.error(sent=True)
        unsent = deadline.error(sent=False)
        lifecycle.cut()
        stopped = deadline.error(sent=True)

    assert isinstance(late, PollingTimeout)
    assert late.headers == {"x-should-retry": "false"}
    assert unsent.headers == {}
    assert isinstance(stopped, Unavailable)
