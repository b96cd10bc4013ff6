"""Clients that leave before they are answered: what becomes of the work, and what is left behind (U4)."""

from __future__ import annotations

import asyncio

import pytest
from support.crowd import Crowd, Fronted, StartFronted, leave
from support.provider import HELD, Provider

LOST = 1000


async def test_cancelled_work_is_cancelled_at_the_provider_within_a_second(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front(on_disconnect="cancel")
    provider.script(HELD)
    clients = crowd.many(1, gateway)
    await provider.called()

    await leave(clients)

    await asyncio.wait_for(provider.left(), 1)
    await gateway.quiet()


async def test_finished_work_is_finished_and_hosted(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front(on_disconnect="finish")
    provider.script(HELD)
    clients = crowd.many(1, gateway)
    await provider.called()

    await leave(clients)
    provider.release()
    await gateway.quiet()

    assert provider.disconnects == 0
    assert await _hosted(gateway) == 1


async def test_work_that_was_not_begun_is_never_begun(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front(on_disconnect="finish", concurrency=1)
    provider.script(HELD)
    first = crowd.many(1, gateway)
    await provider.called()
    waiting = crowd.many(5, gateway)
    await gateway.busy(12)

    await leave(waiting)
    provider.release()
    await first[0]
    await gateway.quiet()

    assert len(provider.calls) == 1


async def test_a_fan_out_is_cancelled_whole(front: StartFronted, crowd: Crowd, provider: Provider) -> None:
    gateway = await front(on_disconnect="cancel", max_n=1)
    provider.script(*[HELD] * 4)
    clients = crowd.many(1, gateway, json={"prompt": "p", "n": 4})
    await provider.called(4)

    await leave(clients)

    await asyncio.wait_for(provider.left(4), 1)


@pytest.mark.alone
@pytest.mark.parametrize("on_disconnect", ["cancel", "finish"])
async def test_a_thousand_lost_clients_leave_no_task_behind(
    front: StartFronted, crowd: Crowd, provider: Provider, on_disconnect: str
) -> None:
    gateway = await front({"server": {"max_in_flight": 2000}}, on_disconnect=on_disconnect, queue=2000)
    await crowd.ask(gateway)
    before = asyncio.all_tasks()
    provider.script(*[HELD] * LOST)
    clients = crowd.many(LOST, gateway)
    await gateway.busy(2 * LOST)

    await leave(clients)
    provider.release()
    await gateway.quiet()
    await _settled(before)

    assert (await crowd.ask(gateway)).status == 200


@pytest.mark.parametrize("on_disconnect", ["cancel", "finish"])
async def test_after_lost_clients_all_places_are_free_again(
    front: StartFronted, crowd: Crowd, on_disconnect: str
) -> None:
    gateway = await front(on_disconnect=on_disconnect, concurrency=2, queue=0)
    for _ in range(20):
        clients = crowd.many(2, gateway)
        await asyncio.sleep(0.002)
        await leave(clients)
        await gateway.quiet()

    heard = await asyncio.gather(*crowd.many(2, gateway))

    assert {answer.status for answer in heard} == {200}


async def _hosted(gateway: Fronted) -> int:
    async with gateway.client.get(gateway.address + "/metrics") as response:
        lines = (await response.text()).splitlines()
    return int(float(next(line for line in lines if line.startswith("gateway_hosted_images ")).split()[1]))


async def _settled(before: set[asyncio.Task[object]]) -> None:
    """Fail unless every task begun since comes to its end: of the gateway, the provider and the clients alike."""
    async with asyncio.timeout(5):
        while {task for task in asyncio.all_tasks() - before if _of_the_gateway(task)}:  # noqa: ASYNC110 - tasks set no event
            await asyncio.sleep(0.005)


def _of_the_gateway(task: asyncio.Task[object]) -> bool:
    """Not one that holds an idle connection open."""
    return "RequestHandler.start" not in repr(task) and task is not asyncio.current_task()
