"""Limits that several processes count together in Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from support.gateway import Gateway, StartGateway
from support.object_stores import needed
from support.redis_server import RedisServer, running_redis

from gateway.app import LIFECYCLE
from gateway.clock import SystemClock
from gateway.metrics import Metrics
from gateway.quotas.base import Quota, QuotaExceeded, Taken
from gateway.quotas.bucket import TokenBucket
from gateway.quotas.shared import SharedBucket, SharedWindow, WithFallback
from gateway.shared_state import RedisState

needed("redis", "test")


class Replicas:
    """Two processes' quotas on one Redis."""

    def __init__(self, server: RedisServer, states: list[RedisState]) -> None:
        self.server = server
        self.buckets = [SharedBucket(state, "requests", 60) for state in states]
        self.windows = [SharedWindow(state, "images", 86_400) for state in states]


@pytest.fixture
async def replicas(tmp_path: Path) -> AsyncIterator[Replicas]:
    with running_redis(tmp_path) as server:
        async with AsyncExitStack() as stack:
            states = [RedisState(server.url, Metrics(), SystemClock()) for _ in range(2)]
            for state in states:
                await state.open()
                stack.push_async_callback(state.close)
            yield Replicas(server, states)


async def granted(quotas: list[Quota], limit: int) -> list[Taken]:
    """What a hundred takes at once get, in turn from each replica."""
    takes = [quotas[index % len(quotas)].take("a", 1, limit) for index in range(100)]
    results = await asyncio.gather(*takes, return_exceptions=True)
    assert all(isinstance(result, Taken | QuotaExceeded) for result in results)
    return [result for result in results if isinstance(result, Taken)]


@pytest.mark.parametrize("kind", ["buckets", "windows"])
async def test_together_they_grant_the_limit_and_no_more(replicas: Replicas, kind: str) -> None:
    quotas = getattr(replicas, kind)
    assert len(await granted(quotas, 10)) == 10

    with pytest.raises(QuotaExceeded) as refused:
        await quotas[0].take("a", 1, 10)
    assert refused.value.balance[:2] == (10, 0)
    assert 0 < refused.value.retry_after <= 86_460


@pytest.mark.parametrize("kind", ["buckets", "windows"])
async def test_what_one_gives_back_another_may_take(replicas: Replicas, kind: str) -> None:
    one, other = getattr(replicas, kind)
    taken = await one.take("a", 5, 5)
    await other.give_back(taken)

    assert (await one.balance("a", 5)).remaining == 5
    assert (await other.take("a", 5, 5)).amount == 5


@pytest.mark.parametrize("kind", ["buckets", "windows"])
async def test_callers_do_not_share(replicas: Replicas, kind: str) -> None:
    one, other = getattr(replicas, kind)
    await one.take("a", 5, 5)

    assert (await other.balance("b", 5))[:2] == (5, 5)


async def test_without_redis_each_counts_by_itself(replicas: Replicas) -> None:
    quota = WithFallback(replicas.buckets[0], TokenBucket(SystemClock(), 60))
    before = await quota.take("a", 3, 3)
    replicas.server.stop()
    alone = await quota.take("a", 3, 3)
    await quota.give_back(before)

    with pytest.raises(QuotaExceeded):
        await quota.take("a", 1, 3)
    await quota.give_back(alone)
    assert (await quota.balance("a", 3)).remaining == 3


QUESTIONS: list[tuple[str, dict[str, str], int]] = [
    ("/v1/models", {}, 3),  # taking a request; where it stands with both limits
    ("/v1/images/generations", {"prompt": "kept"}, 3),
    ("/v1/images/generations", {"prompt": "new"}, 9),  # besides: kept? a turn, kept by now? pictures, keep, turn over
]


async def test_what_a_request_asks_redis(tmp_path: Path, start: StartGateway) -> None:
    """Each question is a way there and back, so no more of them than are known here."""
    from redis import Redis  # noqa: PLC0415 - an extra

    secret = "a-token-of-forty-characters-and-some-more"
    token = {"name": "web", "token": secret, "requests_per_minute": 100, "images_per_day": 100}
    with running_redis(tmp_path) as server, Redis.from_url(server.url) as redis:
        gateway = await start({"cache": {"redis_url": server.url}, "auth": {"tokens": [token]}})
        headers = {"Authorization": f"Bearer {secret}"}
        for path, query, _ in QUESTIONS[:2]:  # that scripts are known, and one answer is kept
            assert (await gateway.get(path, params=query, headers=headers))[0] == 200

        for path, query, most in QUESTIONS:
            await all_over(gateway)
            with redis.monitor() as monitor:
                assert (await gateway.get(path, params=query, headers=headers))[0] == 200
                await all_over(gateway)
                redis.echo("over")
                assert questions(monitor.listen()) == most, (path, query)


async def all_over(gateway: Gateway) -> None:
    async with asyncio.timeout(5):
        while gateway.app[LIFECYCLE].requests:  # noqa: ASYNC110 - what is kept after the answer tells nobody
            await asyncio.sleep(0.01)


def questions(seen: Iterator[dict[str, Any]]) -> int:
    """Until `over`; what scripts do is no question, nor is how a connection introduces itself."""
    asked = takewhile(lambda one: "over" not in one["command"], seen)
    return sum(one["client_type"] != "lua" and not one["command"].startswith(("CLIENT ", "HELLO ")) for one in asked)
