"""Three gateways with one bucket and one Redis serve as one; without Redis each serves on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.gateway import Gateway, StartGateway
from support.object_stores import S3Server, needed, serving_s3
from support.provider import HELD, KEY, Provider
from support.redis_server import RedisServer, running_redis

needed("obstore", "test")
needed("redis", "test")

PATH = "/v1/images/generations"
BEARER = {"Authorization": "Bearer of-the-web"}


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
async def replicas(start: StartGateway, s3: S3Server, redis: RedisServer, provider: Provider) -> list[Gateway]:
    token = {"name": "web", "token": "of-the-web", "requests_per_minute": 30, "images_per_day": 4}
    document = {
        "upstreams": {"paid": {"driver": "openai", "base_url": provider.base_url, "api_key": KEY, "model": "m"}},
        "models": {"nano-banana": {"operations": ["generate"], "upstreams": ["paid"]}},
        "images": s3.images(s3.bucket()),
        "cache": {"redis_url": redis.url},
        "auth": {"tokens": [token]},
    }
    return [await start(document) for _ in range(3)]


async def ask(gateway: Gateway, prompt: str = "a banana", key: str | None = None) -> tuple[int, Any]:
    headers = {**BEARER, **({"Idempotency-Key": key} if key else {})}
    return await gateway.post(PATH, json={"prompt": prompt}, headers=headers)


async def get(gateway: Gateway, prompt: str = "a banana") -> str:
    """What the cache did."""
    async with gateway.client.get(gateway.address + PATH, params={"prompt": prompt}, headers=BEARER) as answer:
        assert answer.status == 200, await answer.text()
        return answer.headers["X-Cache"]


async def shared(gateway: Gateway) -> float:
    """What the metric says: 1 while the replica shares, 0 while it goes by itself."""
    async with gateway.client.get(f"{gateway.address}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return float(next(line for line in lines if line.startswith("gateway_shared_state_up")).split()[1])


def path(answer: Any) -> str:
    url: str = answer["data"][0]["url"]
    return "/images/" + url.partition("/images/")[2]


async def test_each_serves_the_pictures_of_the_others(replicas: list[Gateway]) -> None:
    _, answer = await ask(replicas[0])
    bodies = []
    for replica in replicas:
        async with replica.client.get(replica.address + path(answer)) as picture:
            assert picture.status == 200
            bodies.append(await picture.read())

    assert bodies[0] == bodies[1] == bodies[2]


async def test_equal_keyed_requests_on_all_are_one_call(replicas: list[Gateway], provider: Provider) -> None:
    provider.script(HELD)
    asked = [asyncio.create_task(ask(replica, key="k")) for replica in replicas for _ in range(2)]
    await provider.called()
    await asyncio.sleep(0.3)  # the others have their chance to call too
    provider.release()
    answers = await asyncio.gather(*asked)

    assert len({path(answer) for _, answer in answers}) == 1
    assert len(provider.calls) == 1


async def test_a_key_that_was_used_on_one_is_known_to_all(replicas: list[Gateway], provider: Provider) -> None:
    _, first = await ask(replicas[0], key="k")
    again = await ask(replicas[1], key="k")
    other = await ask(replicas[2], "an apple", key="k")

    assert (again[0], path(again[1])) == (200, path(first))
    assert other[0] == 422
    assert len(provider.calls) == 1


async def test_a_cached_answer_is_there_for_all(replicas: list[Gateway], provider: Provider) -> None:
    assert [await get(replica) for replica in replicas] == ["MISS", "HIT", "HIT"]
    assert len(provider.calls) == 1


async def test_equal_requests_in_flight_are_one_call(replicas: list[Gateway], provider: Provider) -> None:
    await asyncio.gather(*(get(replica) for replica in replicas))

    assert len(provider.calls) == 1


async def test_limits_hold_for_all_together(replicas: list[Gateway]) -> None:
    answers = [await ask(replicas[turn % 3], f"banana {turn}") for turn in range(6)]

    assert [status for status, _ in answers] == [200, 200, 200, 200, 429, 429]


HARMS = [RedisServer.pause, RedisServer.stop, RedisServer.restart, RedisServer.fill, RedisServer.babble]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
async def test_without_redis_each_serves_on(replicas: list[Gateway], redis: RedisServer, harm: Any) -> None:
    await ask(replicas[0], key="k")
    harm(redis)
    async with asyncio.timeout(10):
        known = await asyncio.gather(*(ask(replica, key="k") for replica in replicas))
        fresh = await asyncio.gather(*(ask(replica, f"a {name}") for name, replica in enumerate(replicas)))

    assert [status for status, _ in (*known, *fresh)] == [200] * 6
    if harm is not RedisServer.restart:
        assert {await shared(replica) for replica in replicas} == {0}
    assert len({path(answer) for _, answer in known}) == 1  # keys lie beside the pictures, not in Redis
