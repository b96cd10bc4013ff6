"""Three replicas with one bucket and one Redis behind nginx: a rolling restart under load fails nobody (L1)."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from support.child import Child, serving
from support.connections import fresh_connections
from support.images_api import GENERATIONS
from support.nginx import Nginx, running_nginx
from support.object_stores import S3Server, serving_s3
from support.provider import Provider, behind, closed_port
from support.redis_server import RedisServer, running_redis

REPLICAS = 3
CLIENTS = 6
LOOKS_EVERY = 0.2
"""Seconds between two looks at /readyz; whoever routes to pods is told at once when one is to end."""


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with serving_s3() as server:
        yield server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


class Cluster:
    """What an ingress controller does: nginx is given the replicas that say they are ready."""

    def __init__(self, replicas: list[Child], nginx: Nginx, session: ClientSession) -> None:
        self.replicas = replicas
        self.statuses: Counter[str] = Counter()
        self._nginx = nginx
        self._session = session
        self.routed: list[str] = [replica.address for replica in replicas]

    async def control(self) -> None:
        while True:
            ready = [each.address for each in self.replicas if await self._is_ready(each)]
            if ready and ready != self.routed:
                self._nginx.write(ready)
                await self._nginx.reload()
                self.routed = ready
            await asyncio.sleep(LOOKS_EVERY)

    async def load(self, numbers: Iterator[int]) -> None:
        """New pictures, pictures that exist, and the list of models, in turn."""
        path = ""
        while True:
            number = next(numbers)
            try:
                if number % 3 == 0 or not path:
                    path = await self._made(number)
                else:
                    await self._counted("GET", path if number % 3 == 1 else "/v1/models")
            except OSError as error:
                self.statuses[type(error).__name__] += 1

    async def _made(self, number: int) -> str:
        answer = await self._counted("POST", GENERATIONS, json={"prompt": f"picture {number}"})
        url = answer["data"][0]["url"] if answer else ""
        return "/images/" + url.partition("/images/")[2] if url else ""

    async def _counted(self, method: str, path: str, **options: Any) -> Any:
        async with self._session.request(method, self._nginx.address + path, **options) as response:
            body = await response.read()
            self.statuses[str(response.status)] += 1
            return await response.json() if response.status == 200 and path == GENERATIONS and body else None

    async def _is_ready(self, replica: Child) -> bool:
        with suppress(OSError):
            async with self._session.get(replica.address + "/readyz") as response:
                return response.status == 200
        return False


@pytest.mark.slow
async def test_a_rolling_restart_behind_nginx_fails_nobody(
    tmp_path: Path, provider: Provider, s3: S3Server, redis: RedisServer
) -> None:
    bucket, ports = s3.bucket(), [closed_port() for _ in range(REPLICAS)]

    async def replica(number: int) -> Child:
        folder = tmp_path / f"replica-{number}"
        folder.mkdir(exist_ok=True)
        server = {"port": ports[number], "trusted_proxies": ["127.0.0.1"], "allowed_hosts": ["127.0.0.1"]}
        sections = {"images": s3.images(bucket), "cache": {"redis_url": redis.url}, "server": server}
        return await stack.enter_async_context(serving(folder, {**behind(provider.base_url), **sections}, patience=60))

    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(fresh_connections())
        replicas = [await replica(number) for number in range(REPLICAS)]
        nginx = await stack.enter_async_context(running_nginx(tmp_path, [each.address for each in replicas]))
        cluster, numbers, began = Cluster(replicas, nginx, session), count(), time.monotonic()
        tasks = [asyncio.create_task(cluster.control())]
        tasks += [asyncio.create_task(cluster.load(numbers)) for _ in range(CLIENTS)]
        stack.push_async_callback(_ended, tasks)
        restarts = 0
        while cluster.statuses.total() < 10_000 or restarts < REPLICAS:
            number = restarts % REPLICAS
            old = cluster.replicas[number]
            old.signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                assert await old.process.wait() == 0
            cluster.replicas[number] = await replica(number)
            restarts += 1
            async with asyncio.timeout(60):
                while len(cluster.routed) < REPLICAS:  # noqa: ASYNC110 - nginx sets no event of ours
                    await asyncio.sleep(LOOKS_EVERY)
        took = time.monotonic() - began
        await _ended(tasks)  # before anybody whom they ask goes

    sys.stdout.write(f"\n  {restarts} restarts in {took:.0f} s, {dict(cluster.statuses)}\n")
    assert set(cluster.statuses) == {"200"}, nginx.log.read_text()


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
