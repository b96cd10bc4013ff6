"""Answers of upstreams wait for their turn, and nobody waits for ever."""

from __future__ import annotations

import asyncio

from gateway.upstreams.answer_memory import AnswerMemory, wait_for_turn


async def hold(memory: AnswerMemory, sizes: list[int], read: asyncio.Event, let_go: asyncio.Event) -> None:
    with memory.held():
        for size in sizes:
            await wait_for_turn(size)
        read.set()
        await let_go.wait()


async def started(memory: AnswerMemory, *sizes: int) -> tuple[asyncio.Task[None], asyncio.Event, asyncio.Event]:
    read, let_go = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(hold(memory, list(sizes), read, let_go))
    for _ in range(5):
        await asyncio.sleep(0)
    return task, read, let_go


async def test_an_answer_waits_until_there_is_room() -> None:
    memory = AnswerMemory(100, small=0)
    first, _, let_go = await started(memory, 80)
    second, read, let_second_go = await started(memory, 80)
    assert not read.is_set()
    let_go.set()
    await asyncio.wait_for(read.wait(), 5)
    let_second_go.set()
    await asyncio.gather(first, second)


async def test_a_request_with_several_answers_does_not_wait_for_itself() -> None:
    memory = AnswerMemory(100, small=0)
    task, read, let_go = await started(memory, 80, 80, 80)
    assert read.is_set()
    let_go.set()
    await task


async def test_two_requests_with_several_answers_do_not_wait_for_each_other() -> None:
    memory = AnswerMemory(100, small=0)
    first, one_read, let_one_go = await started(memory, 50, 50)
    second, two_read, let_two_go = await started(memory, 50, 50)
    assert one_read.is_set()
    assert two_read.is_set()
    let_one_go.set()
    let_two_go.set()
    await asyncio.gather(first, second)


async def test_a_cancelled_request_leaves_its_room_to_others() -> None:
    memory = AnswerMemory(100, small=0)
    first, _, _ = await started(memory, 100)
    waiting, _, _ = await started(memory, 100)
    waiting.cancel()
    first.cancel()
    await asyncio.gather(first, waiting, return_exceptions=True)
    last, read, let_go = await started(memory, 100)
    assert read.is_set()
    let_go.set()
    await last


async def test_for_a_small_answer_nobody_waits() -> None:
    memory = AnswerMemory(100, small=10)
    first, _, let_go = await started(memory, 100)
    second, read, let_second_go = await started(memory, 10)
    assert read.is_set()
    let_go.set()
    let_second_go.set()
    await asyncio.gather(first, second)


async def test_outside_of_a_request_nothing_waits() -> None:
    await asyncio.wait_for(wait_for_turn(10**12), 1)


async def test_answers_of_one_request_that_arrive_together_wait_as_one() -> None:
    memory = AnswerMemory(100, small=0)
    first, _, let_go = await started(memory, 80)

    async def both() -> None:
        with memory.held():
            await asyncio.gather(wait_for_turn(60), wait_for_turn(60))

    waiting = asyncio.create_task(both())
    await asyncio.sleep(0)
    let_go.set()
    await asyncio.wait_for(asyncio.gather(first, waiting), 5)
