"""SIGTERM to a real process: paid work is finished before it ends, and nobody notices a rolling restart (L1)."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from support.child import Child, serving
from support.gateway import Document
from support.images_api import GENERATIONS
from support.provider import HELD, Provider, behind

KEY = {"Idempotency-Key": "k"}


def sections(provider: Provider) -> Document:
    return {**behind(provider.base_url), "server": {"port": 0, "drain_timeout": 5, "drain_delay": 2}}


async def ask(session: ClientSession, gateway: Child, **headers: str) -> int:
    order = {"prompt": "a lighthouse"}
    async with session.post(gateway.address + GENERATIONS, json=order, headers=headers) as response:
        await response.read()
        return response.status


async def test_paid_work_that_nobody_waits_for_is_finished_before_the_end(
    tmp_path: Path, provider: Provider, client: ClientSession
) -> None:
    provider.script(HELD)
    async with serving(tmp_path, sections(provider)) as gateway:
        lost = asyncio.create_task(ask(client, gateway, **KEY))
        await provider.called()
        lost.cancel()
        await asyncio.gather(lost, return_exceptions=True)
        gateway.signal(signal.SIGTERM)
        await asyncio.sleep(0.1)
        provider.release()
        assert await gateway.exit_status() == 0

    async with serving(tmp_path, sections(provider)) as restarted:
        assert await ask(client, restarted, **KEY) == 200
    assert len(provider.calls) == 1


class Balancer:
    """Sends each request to a process that said it was ready a moment ago."""

    LOOKS_EVERY = 0.1

    def __init__(self, session: ClientSession) -> None:
        self.processes: list[Child] = []
        self.statuses: Counter[str] = Counter()
        self._ready: list[Child] = []
        self._session = session

    async def look(self) -> None:
        while True:
            self._ready = [one for one in self.processes if await self._is_ready(one)]
            await asyncio.sleep(self.LOOKS_EVERY)

    async def load(self) -> None:
        while True:
            try:
                self.statuses[str(await ask(self._session, self._ready[0]))] += 1
            except OSError as error:
                self.statuses[type(error).__name__] += 1

    async def _is_ready(self, one: Child) -> bool:
        try:
            async with self._session.get(one.address + "/readyz") as response:
                return response.status == 200
        except OSError:
            return False


@pytest.mark.parametrize("times", [pytest.param(2), pytest.param(20, marks=pytest.mark.slow)])
async def test_rolling_restarts_under_load_fail_nobody(tmp_path: Path, provider: Provider, times: int) -> None:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0, force_close=True)))
        balancer = Balancer(session)
        balancer.processes = [await stack.enter_async_context(serving(tmp_path, sections(provider)))]
        look = asyncio.create_task(balancer.look())
        await asyncio.sleep(0.3)
        clients = [asyncio.create_task(balancer.load()) for _ in range(8)]
        for _ in range(times):
            old = balancer.processes[0]
            balancer.processes.append(await stack.enter_async_context(serving(tmp_path, sections(provider))))
            await asyncio.sleep(0.3)
            old.signal(signal.SIGTERM)
            assert await old.exit_status() == 0
            balancer.processes.remove(old)
        for client in [look, *clients]:
            client.cancel()
        await asyncio.gather(look, *clients, return_exceptions=True)

    sys.stdout.write(f"\n  {times} rolling restarts: {dict(balancer.statuses)}\n")
    assert set(balancer.statuses) == {"200"}
    assert balancer.statuses["200"] > 50 * times
