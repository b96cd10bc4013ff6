"""Turns over replicas: one at a time, and nobody waits for the dead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.object_stores import needed
from support.redis_server import running_redis

from gateway.caching import turns
from gateway.caching.turns import SharedTurns
from gateway.clock import SystemClock
from gateway.metrics import Metrics
from gateway.shared_state import RedisState

needed("redis", "test")


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[RedisState]:
    with running_redis(tmp_path) as server:
        state = RedisState(server.url, Metrics(), SystemClock())
        await state.open()
        yield state
        await state.close()


async def test_one_is_inside_at_a_time(state: RedisState) -> None:
    inside: list[int] = []

    async def work() -> None:
        async with SharedTurns(state).turn("a"):
            inside.append(1)
            assert len(inside) == 1
            await asyncio.sleep(0.01)
            inside.pop()

    async with asyncio.timeout(5):
        await asyncio.gather(*(work() for _ in range(5)))


async def test_a_replica_that_died_is_not_waited_for(state: RedisState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HELD_FOR", 0.3)
    assert await SharedTurns(state)._take(turns.key_of("a"), "somebody who is gone")
    async with asyncio.timeout(2):
        async with SharedTurns(state).turn("a"):
            return
