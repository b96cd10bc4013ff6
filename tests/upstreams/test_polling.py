"""How often a job is looked at, what is forgiven, and who is told to stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from support.clocks import LeapingClock

from gateway.upstreams import polling
from gateway.upstreams.base import Ambiguous, NotSent, Refused
from gateway.upstreams.polling import MOST_MISSES, poll, stopping


def looks(*answers: str | Exception | None) -> Callable[[], Awaitable[str | None]]:
    """Gives `answers` one after the other."""
    left = iter(answers)

    async def look() -> str | None:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return look


async def never() -> None:
    return None


async def test_a_job_that_is_done_is_seen_at_once() -> None:
    clock = LeapingClock()

    found = await poll(looks("done"), clock=clock, first=1, longest=5, within=60)

    assert (found, clock.sleeps) == ("done", [])


async def test_the_wait_grows_up_to_the_longest() -> None:
    clock = LeapingClock()

    await poll(looks(*[None] * 5, "done"), clock=clock, first=1, longest=3, within=60)

    assert clock.sleeps == [1, 1.5, 2.25, 3, 3]


async def test_the_time_ends_exactly_when_it_was_said_and_with_a_last_look() -> None:
    clock = LeapingClock()
    seen: list[float] = []

    async def look() -> None:
        seen.append(clock.now - 1000)

    with pytest.raises(Ambiguous) as caught:
        await poll(look, clock=clock, first=4, longest=4, within=10)

    assert caught.value.timed_out
    assert seen == [0, 4, 8, 10]


async def test_a_failed_job_ends_the_wait_with_its_own_outcome() -> None:
    with pytest.raises(Refused):
        await poll(looks(None, Refused("failed")), clock=LeapingClock(), first=1, longest=1, within=60)


@pytest.mark.parametrize("lost", [NotSent("down"), Ambiguous("reset"), TimeoutError()])
async def test_a_few_lost_looks_are_forgiven(lost: Exception) -> None:
    misses = [lost] * (MOST_MISSES - 1)

    found = await poll(looks(*misses, None, *misses, "done"), clock=LeapingClock(), first=1, longest=1, within=60)

    assert found == "done"


async def test_a_backend_that_is_gone_is_given_up_as_ambiguous_since_the_job_was_sent() -> None:
    clock = LeapingClock()

    with pytest.raises(Ambiguous) as caught:
        await poll(looks(*[NotSent("down")] * MOST_MISSES), clock=clock, first=1, longest=1, within=600)

    assert not caught.value.timed_out
    assert len(clock.sleeps) == MOST_MISSES - 1


async def test_a_look_that_hangs_counts_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "LOOK_WITHIN", 0.01)

    with pytest.raises(Ambiguous, match="lost sight"):
        await poll(asyncio.Event().wait, clock=LeapingClock(), first=1, longest=1, within=60)


async def test_cancelling_ends_the_wait() -> None:
    waiting: asyncio.Task[None] = asyncio.create_task(poll(never, clock=LeapingClock(), first=1, longest=1, within=1e9))
    await asyncio.sleep(0)

    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


class Stop:
    """A call that tells a backend to stop; it can hang or fail."""

    def __init__(self, error: Exception | None = None, *, hang: bool = False) -> None:
        self.calls = 0
        self.finished = False
        self._error = error
        self._hang = hang

    async def __call__(self) -> None:
        self.calls += 1
        await (asyncio.Event().wait() if self._hang else asyncio.sleep(0.01))
        if self._error is not None:
            raise self._error
        self.finished = True


async def cancelled(stop: Stop, *, times: int = 1, within: float = 1) -> None:
    """Run a body that never ends under `stop`, and cancel it."""

    async def work() -> None:
        async with stopping(stop, within=within):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    for _ in range(times):
        await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_job_is_stopped_and_stays_cancelled() -> None:
    stop = Stop()

    await cancelled(stop)

    assert stop.finished


async def test_a_second_cancellation_does_not_cut_the_stopping_short() -> None:
    stop = Stop()

    await cancelled(stop, times=3)

    assert (stop.calls, stop.finished) == (1, True)


async def test_stopping_is_bounded() -> None:
    stop = Stop(hang=True)

    async with asyncio.timeout(1):
        await cancelled(stop, within=0.01)

    assert (stop.calls, stop.finished) == (1, False)


async def test_a_stop_that_fails_is_logged_and_hides_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gateway.upstreams"):
        await cancelled(Stop(NotSent("down")))

    assert caplog.messages == ["job not stopped"]


@pytest.mark.parametrize(
    ("error", "calls"), [(Ambiguous("late", timed_out=True), 1), (Ambiguous("reset"), 0), (Refused("failed"), 0)]
)
async def test_a_job_that_ran_out_of_time_is_stopped_and_no_other(error: Exception, calls: int) -> None:
    stop = Stop()

    with pytest.raises(type(error)):
        async with stopping(stop):
            raise error

    assert stop.calls == calls


async def test_work_that_ends_well_is_not_stopped() -> None:
    stop = Stop()

    async with stopping(stop):
        pass

    assert stop.calls == 0
