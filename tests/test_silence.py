"""Who is silent is given up by all together; who is only busy is waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from contextlib import suppress

import pytest

from gateway.silence import Silence

MOST, LONGEST = 0.1, 0.6


async def after(seconds: float) -> str:
    await asyncio.sleep(seconds)
    return "answer"


async def outcome(waiting: Awaitable[str]) -> str:
    try:
        return await waiting
    except TimeoutError:
        return "silence"


async def test_an_answer_is_an_answer() -> None:
    assert await Silence(MOST, LONGEST).broken(after(0.01)) == "answer"


async def test_an_error_is_an_error() -> None:
    async def fail() -> None:
        raise ValueError("words")

    with pytest.raises(ValueError, match="words"):
        await Silence(MOST, LONGEST).broken(fail())


async def test_all_who_wait_are_told_at_once() -> None:
    silence, started = Silence(MOST, LONGEST), time.monotonic()
    waiting = [asyncio.create_task(outcome(silence.broken(after(5)))) for _ in range(10)]
    await asyncio.sleep(MOST * 0.7)
    waiting += [asyncio.create_task(outcome(silence.broken(after(5)))) for _ in range(10)]

    assert set(await asyncio.gather(*waiting)) == {"silence"}
    assert time.monotonic() - started < MOST * 1.6


async def test_a_burst_that_is_answered_one_by_one_is_no_silence() -> None:
    silence = Silence(MOST, LONGEST)
    answers = await asyncio.gather(*(outcome(silence.broken(after(turn * 0.03))) for turn in range(10)))

    assert set(answers) == {"answer"}


@pytest.mark.alone
async def test_one_question_is_given_up_though_others_are_answered() -> None:
    silence = Silence(MOST, LONGEST)
    lost = asyncio.create_task(outcome(silence.broken(after(5))))
    started = time.monotonic()
    while not lost.done():
        await silence.broken(after(0.03))

    assert await lost == "silence"
    assert LONGEST * 0.9 < time.monotonic() - started < LONGEST * 2


async def test_a_process_that_was_busy_itself_reads_what_has_arrived() -> None:
    silence = Silence(MOST, LONGEST)
    waiting = asyncio.create_task(outcome(silence.broken(after(0.15))))
    await asyncio.sleep(0.05)
    time.sleep(0.3)  # noqa: ASYNC251 - the event loop is blocked past the end

    assert await waiting == "answer"


async def test_a_client_that_swallows_its_cancellation_keeps_nobody_waiting() -> None:
    async def stubborn() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(5)
        await asyncio.sleep(0.3)
        return "too late"

    started = time.monotonic()
    assert await outcome(Silence(MOST, LONGEST).broken(stubborn())) == "silence"
    assert time.monotonic() - started < MOST * 2
    await asyncio.sleep(0.4)


async def test_who_leaves_takes_the_question_along() -> None:
    left = asyncio.Event()

    async def question() -> str:
        try:
            return await after(5)
        finally:
            left.set()

    waiting = asyncio.create_task(Silence(MOST, LONGEST).broken(question()))
    await asyncio.sleep(0.01)
    waiting.cancel()
    async with asyncio.timeout(1):
        await left.wait()


async def test_it_can_be_broken_again_after_a_silence() -> None:
    silence = Silence(MOST, LONGEST)
    assert await outcome(silence.broken(after(5))) == "silence"
    assert await outcome(silence.broken(after(0.05))) == "answer"
    assert await outcome(silence.broken(after(5))) == "silence"
