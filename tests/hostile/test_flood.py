"""More slow requests than the gateway takes: each is served, or told when to come again, and memory stays (L2).

python -m pytest tests/hostile/test_flood.py -s            200 requests for 96 places
python -m pytest tests/hostile/test_flood.py -s -m slow    1000 requests for 512 places, as by default
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession, FormData, TCPConnector
from PIL import Image
from support.child import Child, serving
from support.images_api import EDITS
from support.memory import MIB, Memory
from support.provider import HELD, Provider, behind
from support.samples import encoded

from gateway.connections import READ_AHEAD
from gateway.spool import IN_MEMORY


class Size(NamedTuple):
    requests: int
    places: int
    """In flight: worked on or waiting."""
    queue: int
    """Waiting for the backend, which works on sixteen."""


SMALL, FULL = Size(200, places=96, queue=48), Size(1000, places=512, queue=256)
OF_CONNECTION = 2 * READ_AHEAD + 64 * 1024
"""Bytes: what waits to be read, and the objects around it."""
PICTURE = encoded(Image.effect_noise((300, 250), 90).convert("RGB"), "PNG")
"""Of which each request keeps one in memory while it waits."""


async def ask(session: ClientSession, child: Child) -> tuple[int, Mapping[str, str]]:
    form = FormData({"prompt": "warmer", "response_format": "b64_json"})
    form.add_field("image", io.BytesIO(PICTURE), filename="a.png", content_type="image/png")
    async with session.post(child.address + EDITS, data=form) as response:
        await response.read()
        return response.status, response.headers


def document(provider: Provider, size: Size) -> dict[str, Any]:
    keys = {"concurrency": 16, "queue": size.queue, "timeout": 60}
    return {**behind(provider.base_url, **keys), "server": {"port": 0, "max_in_flight": size.places}}


@pytest.mark.parametrize("size", [SMALL, pytest.param(FULL, marks=pytest.mark.slow)], ids=["small", "full"])
async def test_a_flood_is_served_or_shed(tmp_path: Path, provider: Provider, size: Size) -> None:
    provider.script(*[HELD] * size.requests)
    async with (
        serving(tmp_path, document(provider, size), afresh=True) as child,
        ClientSession(connector=TCPConnector(limit=0)) as session,
    ):
        memory = Memory(child.process.pid)
        before = memory.forget()
        clients = [asyncio.ensure_future(ask(session, child)) for _ in range(size.requests)]
        await until_shed(clients, size.requests - 16 - size.queue)
        provider.release()
        answers = await asyncio.gather(*clients)
        peak = memory.peak

    statuses = Counter(status for status, _ in answers)
    sys.stdout.write(
        f"\n  {size.requests} slow requests for {size.places} places: {dict(statuses)},"
        f" peak {peak / MIB:.0f} MiB, {before / MIB:.0f} before\n"
    )
    assert set(statuses) <= {200, 429, 503}
    assert statuses[200] >= 16 + size.queue
    assert all(int(headers["Retry-After"]) >= 1 for status, headers in answers if status != 200)
    assert peak - before <= size.places * IN_MEMORY + size.requests * OF_CONNECTION


async def until_shed(clients: Sequence[asyncio.Future[Any]], most: int) -> None:
    """Return once so many are answered, or nobody any more."""
    answered = -1
    while (now := sum(client.done() for client in clients)) not in {answered, most} or not now:
        answered = now
        await asyncio.sleep(1)
