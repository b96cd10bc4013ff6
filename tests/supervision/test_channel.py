"""Two ends that ask each other, and one of them that goes away."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from gateway.supervision.channel import Channel, ChannelClosed


class Ends(NamedTuple):
    one: Channel
    other: Channel
    asked: list[tuple[str, Any]]
    """Of the other."""
    may_answer: asyncio.Event


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    asked: list[tuple[str, Any]] = []
    may_answer = asyncio.Event()

    async def answer(what: str, value: Any) -> Any:
        asked.append((what, value))
        if what == "slow":
            await may_answer.wait()
        if what == "fail":
            raise ValueError(value)
        return {"said": value}

    first, second = socket.socketpair()
    one, other = await Channel.over(first, answer), await Channel.over(second, answer)
    yield Ends(one, other, asked, may_answer)
    await one.close()
    await other.close()


async def test_both_ask_and_both_answer(ends: Ends) -> None:
    one, other = await asyncio.gather(ends.one.ask("a", 1), ends.other.ask("b", ["\n", "ü"]))

    assert (one, other) == ({"said": 1}, {"said": ["\n", "ü"]})


async def test_a_slow_answer_holds_up_no_other(ends: Ends) -> None:
    slow = asyncio.create_task(ends.one.ask("slow"))
    quick = await ends.one.ask("quick")
    ends.may_answer.set()

    assert (quick, await slow) == ({"said": None}, {"said": None})


async def test_what_fails_there_is_no_answer_here(ends: Ends, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ChannelClosed):
        await ends.one.ask("fail", "why")

    assert await ends.one.ask("still there") == {"said": None}
    assert "could not be answered" in caplog.text


async def test_who_has_asked_learns_that_the_other_is_gone(ends: Ends) -> None:
    asked = asyncio.create_task(ends.one.ask("slow"))
    await asyncio.sleep(0)

    await ends.other.close()

    async with asyncio.timeout(2):
        with pytest.raises(ChannelClosed):
            await asked
        await ends.one.ended()
        with pytest.raises(ChannelClosed):
            await ends.one.ask("anybody")


async def test_what_is_only_told_comes_in_its_order(ends: Ends) -> None:
    for number in range(5):
        ends.one.tell("told", number)
    await ends.one.ask("last")

    assert ends.asked == [*(("told", number) for number in range(5)), ("last", None)]
