"""Work that outlives who began it: shared, finished when it is paid for, given up when it is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from support.drivers import unheard

from gateway.answers import Answer
from gateway.errors import KeyReused, PollingTimeout, Unavailable, UpstreamFailed
from gateway.jobs import Claim, Job, Jobs, Make, Sharing
from gateway.lifecycle import Deadline, Lifecycle
from gateway.upstreams.base import NotSent, Progress

ANSWER = Answer(1, (), "local", 1)
EQUAL = Sharing(key="k")
CLAIM = Sharing(claim=Claim("key", "digest"))


class Work:
    """Ends when it is told to; like an upstream's call, whose kind is `finish`."""

    def __init__(self, *, finish: bool = True) -> None:
        self.begun = 0
        self.cancelled = 0
        self.delivered = False
        self.error: Exception | None = None
        self.end = asyncio.Event()
        self._finish = finish

    async def __call__(self, job: Job, _: Deadline) -> Answer:
        self.begun += 1
        try:
            with job.attempts.call(finish=self._finish):
                await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return ANSWER


class Desk:
    """Begins work or joins it, as the handler does."""

    def __init__(self) -> None:
        self.lifecycle = Lifecycle()
        self.jobs = Jobs(self.lifecycle)

    def ask(self, make: Make, sharing: Sharing = EQUAL, *, seconds: float = 60) -> asyncio.Task[Answer]:
        async def asked() -> Answer:
            end = asyncio.get_running_loop().time() + seconds
            job = self.jobs.join(sharing, end) or self.jobs.start(sharing, end, make)
            return await job.result(unheard)

        return asyncio.create_task(asked())


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def leave(*clients: asyncio.Task[Answer]) -> None:
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    await settle()


async def test_equal_requests_are_one_piece_of_work(desk: Desk) -> None:
    work = Work()
    clients = [desk.ask(work) for _ in range(1000)]
    await settle()

    work.end.set()

    assert await asyncio.gather(*clients) == [ANSWER] * 1000
    assert work.begun == 1


async def test_who_joins_while_the_work_waits_for_its_turn_gets_its_own_time() -> None:
    turn, work = asyncio.Event(), Work()

    class LateTurn:
        @asynccontextmanager
        async def turn(self, _: str) -> AsyncIterator[None]:
            await turn.wait()
            yield

    desk = Desk()
    desk.jobs = Jobs(desk.lifecycle, LateTurn())
    sharing = Sharing(key="a", everywhere=True)
    first, second = desk.ask(work, sharing, seconds=0.05), desk.ask(work, sharing, seconds=60)
    await asyncio.sleep(0.1)

    turn.set()
    work.end.set()

    assert set(await asyncio.gather(first, second)) == {ANSWER}


async def test_requests_that_share_with_nobody_are_not(desk: Desk) -> None:
    work = Work()
    clients = [desk.ask(work, Sharing()) for _ in range(3)]
    await settle()

    work.end.set()
    await asyncio.gather(*clients)

    assert work.begun == 3


async def test_who_comes_after_the_end_begins_anew(desk: Desk) -> None:
    work = Work()
    work.end.set()

    await desk.ask(work)
    await desk.ask(work)

    assert work.begun == 2


async def test_when_the_first_leaves_the_others_are_served(desk: Desk) -> None:
    work = Work(finish=False)
    first, second = desk.ask(work), desk.ask(work)
    await settle()

    await leave(first)
    work.end.set()

    assert await second == ANSWER
    assert work.begun == 1


async def test_when_the_last_leaves_unpaid_work_is_given_up(desk: Desk) -> None:
    work = Work(finish=False)
    clients = [desk.ask(work) for _ in range(3)]
    await settle()

    await leave(*clients)

    assert work.cancelled == 1
    assert desk.lifecycle.requests == 0


async def test_when_the_last_leaves_paid_work_is_finished_and_kept(desk: Desk) -> None:
    work, kept = Work(), asyncio.Event()

    async def keep(_: Answer) -> None:
        kept.set()

    client = desk.ask(work, Sharing(key="k", keep=(keep,)))
    await settle()
    await leave(client)
    work.end.set()

    await asyncio.wait_for(kept.wait(), 1)
    assert work.cancelled == 0


async def test_who_asks_again_meanwhile_finds_the_work_under_way(desk: Desk) -> None:
    work = Work()
    client = desk.ask(work, CLAIM)
    await settle()
    await leave(client)

    again = desk.ask(work, CLAIM)
    await settle()
    work.end.set()

    assert await again == ANSWER
    assert work.begun == 1


async def test_pictures_that_are_here_are_not_thrown_away_while_they_are_kept(desk: Desk) -> None:
    """What remains once all is delivered takes disk and time, but no more money."""
    keeping, end, kept = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def make(job: Job, _: Deadline) -> Answer:
        job.attempts.delivered = True
        return ANSWER

    async def keep(_: Answer) -> None:
        keeping.set()
        await end.wait()
        kept.set()

    client = desk.ask(make, Sharing(key="k", keep=(keep,)))
    await keeping.wait()
    await leave(client)
    end.set()

    await asyncio.wait_for(kept.wait(), 1)


async def test_work_that_is_given_up_is_joined_by_nobody(desk: Desk) -> None:
    cleaning, cleaned = asyncio.Event(), asyncio.Event()

    async def slow_to_stop(job: Job, _: Deadline) -> Answer:
        with job.attempts.call(finish=False):
            try:
                await asyncio.Event().wait()
            finally:
                cleaning.set()
                await cleaned.wait()
        return ANSWER

    client = desk.ask(slow_to_stop)
    await settle()
    client.cancel()
    await cleaning.wait()
    work = Work()
    work.end.set()

    assert await desk.ask(work) == ANSWER
    cleaned.set()
    await settle()


async def test_the_clean_up_of_the_old_does_not_hide_the_new(desk: Desk) -> None:
    old, new = Work(finish=False), Work()
    client = desk.ask(old)
    await settle()
    client.cancel()
    follower = desk.ask(new)
    await settle()

    joined = desk.ask(new)
    await settle()
    new.end.set()

    assert list(await asyncio.gather(follower, joined)) == [ANSWER, ANSWER]
    assert new.begun == 1


async def test_who_joins_in_the_moment_of_giving_up_is_told_to_come_back(desk: Desk) -> None:
    work = Work(finish=False)
    client = desk.ask(work)
    await settle()
    job = desk.jobs.join(EQUAL, 0)
    assert job is not None

    await leave(client)

    with pytest.raises(Unavailable):
        await job.result(unheard)


async def test_all_who_wait_share_the_error_and_the_key_is_free_again(desk: Desk) -> None:
    work = Work()
    work.error = UpstreamFailed(500)
    clients = [desk.ask(work, CLAIM) for _ in range(3)]
    await settle()

    work.end.set()
    errors = await asyncio.gather(*clients, return_exceptions=True)

    assert errors == [work.error] * 3
    work.error = None
    assert await desk.ask(work, Sharing(claim=Claim("key", "another"))) == ANSWER


async def test_a_key_stands_for_one_request_while_it_is_in_flight(desk: Desk) -> None:
    work = Work()
    client = desk.ask(work, CLAIM)
    await settle()

    with pytest.raises(KeyReused):
        await desk.ask(work, Sharing(claim=Claim("key", "another")))

    await leave(client)
    work.end.set()
    await settle()


async def test_what_was_answered_meanwhile_is_not_done_again(desk: Desk) -> None:
    """A request looks for a kept answer, then fetches its pictures; the work that it looked for may end in between."""
    work, kept = Work(), Answer(2, (), "local", 1)

    async def known() -> Answer | None:
        return kept

    answer = await desk.ask(work, Sharing(claim=Claim("key", "digest"), known=known))

    assert answer is kept
    assert work.begun == 0


async def test_only_successes_are_kept(desk: Desk) -> None:
    work, kept = Work(), list[Answer]()
    work.error = UpstreamFailed(500)
    work.end.set()

    async def keep(answer: Answer) -> None:
        kept.append(answer)

    with pytest.raises(UpstreamFailed):
        await desk.ask(work, Sharing(key="k", keep=(keep,)))

    assert kept == []


async def test_the_time_of_whoever_waits_longest_counts(desk: Desk) -> None:
    work = Work()
    first = desk.ask(work, seconds=0.02)
    await settle()
    second = desk.ask(work, seconds=60)
    await asyncio.sleep(0.04)

    work.end.set()

    assert list(await asyncio.gather(first, second)) == [ANSWER, ANSWER]


async def test_after_the_deadline_all_who_wait_are_told(desk: Desk) -> None:
    work = Work()

    with pytest.raises(PollingTimeout) as caught:
        await desk.ask(work, seconds=0.01)

    assert caught.value.headers == {"x-should-retry": "false"}
    assert work.cancelled == 1


async def test_a_deadline_before_anything_was_sent_may_be_tried_again(desk: Desk) -> None:
    async def queued(_: Job, __: Deadline) -> Answer:
        await asyncio.Event().wait()
        return ANSWER

    with pytest.raises(PollingTimeout) as caught:
        await desk.ask(queued, seconds=0.01)

    assert caught.value.headers == {}


async def test_an_unreached_backend_was_not_sent_anything(desk: Desk) -> None:
    async def unreached(job: Job, _: Deadline) -> Answer:
        with suppress(NotSent), job.attempts.call(finish=True):
            raise NotSent("down")
        await asyncio.Event().wait()
        return ANSWER

    with pytest.raises(PollingTimeout) as caught:
        await desk.ask(unreached, seconds=0.01)

    assert caught.value.headers == {}


async def test_all_who_wait_hear_of_progress(desk: Desk) -> None:
    heard: list[str] = []
    end = asyncio.Event()

    async def make(job: Job, _: Deadline) -> Answer:
        await settle()
        job.report(Progress(0.5))
        await end.wait()
        return ANSWER

    job = desk.jobs.start(EQUAL, asyncio.get_running_loop().time() + 60, make)
    listeners: list[Callable[[Progress], None]] = [lambda _, name=name: heard.append(name) for name in "ab"]  # type: ignore[misc]  # the name is bound
    clients: list[Awaitable[Answer]] = [asyncio.ensure_future(job.result(listener)) for listener in listeners]
    await settle()
    await settle()
    end.set()
    await asyncio.gather(*clients)

    assert heard == ["a", "b"]


async def test_draining_waits_for_work_that_nobody_waits_for(desk: Desk) -> None:
    work = Work()
    client = desk.ask(work)
    await settle()
    await leave(client)

    assert desk.lifecycle.requests == 1

    work.end.set()
    await settle()
    assert desk.lifecycle.requests == 0


@pytest.mark.parametrize(
    ("error", "level"), [(UpstreamFailed(500), logging.INFO), (ZeroDivisionError("a fault of ours"), logging.ERROR)]
)
async def test_failures_that_nobody_waited_for_are_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, error: Exception, level: int
) -> None:
    work = Work()
    work.error = error
    client = desk.ask(work)
    await settle()
    await leave(client)

    with caplog.at_level(logging.INFO, "gateway.jobs"):
        work.end.set()
        await settle()

    assert [(record.levelno, record.message) for record in caplog.records] == [
        (level, "work that nobody waited for has failed")
    ]
