"""`server.request_timeout` over real connections: 504, and whether asking again would be paid for again."""

from __future__ import annotations

import asyncio

from support.clocks import StillDice
from support.crowd import Crowd, StartFronted
from support.gateway import StartGateway
from support.provider import HELD, Provider, Reply, behind, closed_port

SOON = {"server": {"request_timeout": 0.15}}


async def test_a_provider_that_hangs_is_cut_off_and_not_to_be_asked_again(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    provider.script(HELD)

    late = await crowd.ask(await front(SOON))

    assert (late.status, late.error["message"]) == (504, "Server polling timeout")
    assert (late.should_retry, late.attempts) == ("false", "1")
    await asyncio.wait_for(provider.left(), 1)


async def test_who_never_got_a_place_may_ask_again_and_who_joined_later_has_longer(
    front: StartFronted, crowd: Crowd, provider: Provider
) -> None:
    gateway = await front({"server": {"request_timeout": 0.4}}, concurrency=1)
    key = {"Idempotency-Key": "k"}
    provider.script(HELD)
    first = crowd.many(1, gateway, headers=key)
    await provider.called()
    waiting = crowd.many(1, gateway, json={"prompt": "another"})
    await asyncio.sleep(0.2)
    later = crowd.many(1, gateway, headers=key)  # for whom the place is held beyond the others' time

    queued = await waiting[0]
    provider.release()

    assert (queued.status, queued.should_retry, queued.attempts) == (504, None, "0")
    assert (await first[0]).status == 504
    assert (await later[0]).status == 200
    assert len(provider.calls) == 1


async def test_a_wait_beyond_the_deadline_is_not_waited(start: StartGateway, crowd: Crowd, provider: Provider) -> None:
    gateway = await start({**behind(provider.base_url), "server": {"request_timeout": 5}}, dice=StillDice())
    provider.script(Reply(status=429, headers={"Retry-After": "60"}))

    async with asyncio.timeout(2):
        limited = await crowd.ask(gateway)

    assert limited.status == 429
    assert len(provider.calls) == 1


async def test_an_unreachable_provider_was_not_sent_anything(start: StartGateway, crowd: Crowd) -> None:
    gateway = await start(behind(f"http://127.0.0.1:{closed_port()}/v1"), dice=StillDice())

    down = await crowd.ask(gateway)

    assert (down.status, down.attempts, down.should_retry) == (503, "3", None)
