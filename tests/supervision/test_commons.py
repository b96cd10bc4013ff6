"""What processes have in common, asked for as they ask."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest
from support.clocks import LeapingClock

from gateway.quotas.base import Quota, QuotaExceeded
from gateway.quotas.window import SlidingWindow
from gateway.shared_state import SharedStateDown
from gateway.supervision.channel import Channel
from gateway.supervision.commons import Commons, Turns, Values
from gateway.supervision.siblings import SiblingQuota, Siblings, SiblingTurns


class Processes(NamedTuple):
    one: Siblings
    other: Siblings
    commons: Commons
    clock: LeapingClock


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    clock = LeapingClock()
    quotas: dict[str, Quota] = {"images": SlidingWindow(clock, 86_400)}
    commons = Commons(Values(1000, clock), Turns(), quotas)
    async with AsyncExitStack() as stack:
        yield Processes(await joined(stack, commons, "1"), await joined(stack, commons, "2"), commons, clock)


async def joined(stack: AsyncExitStack, commons: Commons, name: str) -> Siblings:
    async def supervisor(what: str, value: Any) -> object:
        return await commons.answer(name, what, value)

    async def process(*_: object) -> None: ...

    ours, theirs = socket.socketpair()
    stack.push_async_callback((await Channel.over(ours, supervisor)).close)
    channel, siblings = await Channel.over(theirs, process), Siblings()
    stack.push_async_callback(channel.close)
    siblings.by(channel)
    return siblings


async def test_what_one_keeps_the_other_finds_for_its_time(processes: Processes) -> None:
    await processes.one.put("k", b'{"name": "\xc3\xbc"}', 10)

    assert await processes.other.get("k") == b'{"name": "\xc3\xbc"}'
    await processes.clock.sleep(11)
    assert await processes.other.get("k") is None


async def test_together_they_keep_no_more_than_there_is_room(processes: Processes) -> None:
    await processes.one.put("old", b"a" * 600, 10)
    await processes.other.put("new", b"a" * 600, 10)
    await processes.other.put("huge", b"a" * 2000, 10)

    assert [await processes.one.get(key) for key in ("old", "new", "huge")] == [None, b"a" * 600, None]


async def test_whoever_leaves_the_line_waits_no_longer() -> None:
    turns = Turns()
    await turns.take("w", "1.0")
    waiting = asyncio.create_task(turns.take("w", "2.0"))
    await asyncio.sleep(0)

    turns.leave("w", "2.0")

    async with asyncio.timeout(2):
        await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_one_at_a_time_has_its_turn(processes: Processes) -> None:
    entered: list[str] = []
    first, second = SiblingTurns(processes.one), SiblingTurns(processes.other)

    async def other() -> None:
        async with second.turn("w"):
            entered.append("other")

    async with first.turn("w"), first.turn("something else"):
        waiting = asyncio.create_task(other())
        await processes.other.get("a question that is answered after it")
        entered.append("one")
    await waiting

    assert entered == ["one", "other"]


async def test_who_waits_no_longer_holds_up_nobody(processes: Processes) -> None:
    turns = SiblingTurns(processes.one)

    async def wait() -> None:
        async with turns.turn("w"):
            await asyncio.Event().wait()

    async with turns.turn("w"):
        given_up = asyncio.create_task(wait())
        await processes.one.get("a question that is answered after it")
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
    async with asyncio.timeout(2), SiblingTurns(processes.other).turn("w"):
        pass


async def test_a_process_that_is_killed_has_left_all_lines(processes: Processes) -> None:
    held = SiblingTurns(processes.one).turn("w")
    await held.__aenter__()

    processes.commons.gone("1")

    async with asyncio.timeout(2), SiblingTurns(processes.other).turn("w"):
        pass
    await held.__aexit__(None, None, None)


async def test_a_limit_is_of_all_together(processes: Processes) -> None:
    one, other = SiblingQuota(processes.one, "images"), SiblingQuota(processes.other, "images")

    taken = await one.take("web", 3, 4)
    with pytest.raises(QuotaExceeded) as refused:
        await other.take("web", 2, 4)
    await other.give_back(taken)
    await other.take("web", 2, 4)

    assert (refused.value.balance.remaining, refused.value.retry_after > 0) == (1, True)
    assert (await one.balance("web", 4)).remaining == 2
    assert (await one.balance("somebody else", 4)).remaining == 4


async def test_without_the_supervisor_it_is_down(processes: Processes) -> None:
    alone = Siblings()

    with pytest.raises(SharedStateDown):
        await alone.get("k")
    with pytest.raises(SharedStateDown):
        await processes.one.ask("what nobody knows", None)
    async with SiblingTurns(alone).turn("w"):
        pass
