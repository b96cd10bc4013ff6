"""One token floods the gateway; another keeps its throughput (R8)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, ask
from support.painter import Painter
from support.samples import plain

KEPT = 0.95
"""Of its throughput, at least."""
WORK = 0.3
"""Seconds that the provider takes for a picture."""
REQUESTS = 5
ROUNDS = 3
"""At most: what else this machine does is not the flood's doing."""
FLOOD = 16
"""Connections that the loud one asks on without a pause, but for a breath after each refusal."""
BREATH = 0.05


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def best_throughput(gateway: Gateway, enough: float) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        best = max(best, await throughput(gateway))
        if best >= enough:
            break
    return best


async def throughput(gateway: Gateway) -> float:
    """Pictures a second for the quiet one, who asks again when it has been answered."""
    started = time.perf_counter()
    for number in range(REQUESTS):
        fields = {"prompt": f"quiet {number}", "response_format": "b64_json"}
        reply = await ask(gateway, "POST", GENERATIONS, json=fields, headers=bearer("quiet"))
        assert reply.status == 200
    return REQUESTS / (time.perf_counter() - started)


@asynccontextmanager
async def flood(gateway: Gateway) -> AsyncIterator[Counter[int]]:
    """Counts the statuses that the loud one gets."""
    statuses: Counter[int] = Counter()

    async def ask_on() -> None:
        while True:
            fields = {"prompt": "loud", "response_format": "b64_json"}
            reply = await ask(gateway, "POST", GENERATIONS, json=fields, headers=bearer("loud"))
            statuses[reply.status] += 1
            await asyncio.sleep(BREATH if reply.status != 200 else 0)

    tasks = [asyncio.ensure_future(ask_on()) for _ in range(FLOOD)]
    try:
        yield statuses
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@pytest.mark.alone
async def test_a_limited_flood_leaves_the_quiet_one_its_throughput(start: StartGateway, painter: Painter) -> None:
    painter.seconds, painter.pictures = WORK, [plain((64, 64))]
    loud = {"name": "loud", "token": "loud", "max_in_flight": 2, "requests_per_minute": 60}
    auth = {"tokens": [{"name": "quiet", "token": "quiet"}, loud]}
    gateway = await start({**painter.document(), "auth": auth})
    alone = await throughput(gateway)

    async with flood(gateway) as statuses:
        beside = await best_throughput(gateway, enough=KEPT * alone)

    assert statuses[429] > FLOOD
    assert beside >= KEPT * alone
