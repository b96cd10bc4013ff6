"""How many calls run and wait, whose turn comes when, and what a cancelled wait leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.upstreams.bulkhead import Bulkhead, QueueFull


class Callers:
    """Calls that hold a place until they are told to end, and the order in which they got it."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead = bulkhead
        self.order: list[str] = []
        self.refused: list[str] = []
        self.running = self.most = 0
        self._ends: list[asyncio.Event] = []

    async def call(self, token: str) -> None:
        try:
            await self.bulkhead.enter(token)
        except QueueFull:
            self.refused.append(token)
            return
        try:
            await self._hold(token)
        finally:
            self.bulkhead.leave()

    async def _hold(self, token: str) -> None:
        self.order.append(token)
        self.running += 1
        self.most = max(self.most, self.running)
        self._ends.append(end := asyncio.Event())
        try:
            await end.wait()
        finally:
            self.running -= 1
            self._ends.remove(end)

    def end_one(self) -> None:
        if self._ends:
            self._ends[0].set()

    async def drain(self) -> None:
        while self._ends:
            self.end_one()
            await settle()


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


@asynccontextmanager
async def calls(bulkhead: Bulkhead, tokens: str) -> AsyncIterator[tuple[Callers, list[asyncio.Task[None]]]]:
    """One call for each letter, in their order."""
    callers = Callers(bulkhead)
    tasks = [asyncio.create_task(callers.call(token)) for token in tokens]
    await settle()
    yield callers, tasks
    await callers.drain()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_no_more_calls_run_than_there_are_places() -> None:
    async with calls(Bulkhead(3, 100), "a" * 50) as (callers, _):
        await callers.drain()

    assert (callers.most, len(callers.order)) == (3, 50)


async def test_without_a_queue_a_call_is_refused_at_once() -> None:
    async with calls(Bulkhead(1, 0), "ab") as (callers, _):
        assert callers.refused == ["b"]


async def test_the_queue_is_bounded() -> None:
    async with calls(Bulkhead(1, 2), "aaaaa") as (callers, _):
        assert callers.bulkhead.queued == 2
        assert callers.refused == ["a", "a"]


async def test_tokens_that_wait_are_served_in_turn() -> None:
    async with calls(Bulkhead(1, 100), "xaaaabbc") as (callers, _):
        await callers.drain()

    assert "".join(callers.order) == "xabcabaa"


async def test_a_flood_delays_another_token_by_one_call_at_most() -> None:
    async with calls(Bulkhead(1, 1000), "a" * 200 + "b") as (callers, _):
        await callers.drain()

    assert callers.order.index("b") <= 2


async def test_a_full_queue_sheds_the_newest_of_the_flood() -> None:
    async with calls(Bulkhead(1, 3), "aaaa" + "b") as (callers, _):
        assert callers.refused == ["a"]
        await callers.drain()

    assert "".join(callers.order) == "aaba"


async def test_a_full_queue_is_not_won_by_the_token_that_fills_it() -> None:
    async with calls(Bulkhead(1, 4), "x" + "aabb" + "a") as (callers, _):
        assert callers.refused == ["a"]


async def test_who_is_cancelled_while_waiting_is_forgotten() -> None:
    async with calls(Bulkhead(1, 10), "abc") as (callers, tasks):
        tasks[1].cancel()
        await settle()
        assert callers.bulkhead.queued == 1
        await callers.drain()

    assert callers.order == ["a", "c"]


async def test_who_is_cancelled_while_running_gives_the_place_to_the_next() -> None:
    async with calls(Bulkhead(1, 10), "ab") as (callers, tasks):
        tasks[0].cancel()
        await settle()

        assert callers.order == ["a", "b"]


async def test_a_place_handed_over_to_somebody_just_cancelled_is_passed_on() -> None:
    async with calls(Bulkhead(1, 10), "abc") as (callers, tasks):
        callers.end_one()
        await asyncio.sleep(0)  # `a` has handed its place to `b`, which has not run since
        tasks[1].cancel()
        await settle()

        assert callers.order == ["a", "c"]


async def test_a_place_that_comes_free_in_the_step_of_a_cancellation_goes_to_the_next() -> None:
    """A cancelled future still stands in the queue until its task runs."""
    async with calls(Bulkhead(1, 10), "abc") as (callers, tasks):
        callers.end_one()
        tasks[1].cancel()
        await settle()

        assert callers.order == ["a", "c"]
        assert callers.bulkhead.queued == 0


async def test_who_was_shed_and_cancelled_in_one_step_gives_no_place_back() -> None:
    async with calls(Bulkhead(1, 2), "aaa") as (callers, tasks):
        late = asyncio.create_task(callers.call("b"))
        await asyncio.sleep(0)  # `b` has shed the last `a`, which has not run since
        tasks[2].cancel()
        await settle()

        assert callers.running == 1
        assert callers.bulkhead.queued == 2
        await callers.drain()
        await late


async def test_after_any_storm_all_places_are_free_again() -> None:
    async with calls(Bulkhead(4, 20), "abc" * 20) as (callers, tasks):
        for task in tasks[::3]:
            task.cancel()
            callers.end_one()
            await asyncio.sleep(0)
        await callers.drain()

    assert callers.bulkhead.queued == 0
    async with calls(callers.bulkhead, "abcd") as (again, _):
        assert len(again.order) == 4
