"""A whole gateway killed while it writes: what was acknowledged is served whole by the next, and nothing half (H3).

python -m pytest tests/hostile/test_kill.py -s            2 kills
python -m pytest tests/hostile/test_kill.py -s -m slow    100 kills
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector
from support.child import Child, serving
from support.gateway import Document
from support.images_api import GENERATIONS
from support.provider import Provider, behind
from yarl import URL

from gateway.hosting.names import HostedName
from gateway.hosting.verification import verify

WRITERS = 8


def document(provider: Provider) -> Document:
    return {**behind(provider.base_url, concurrency=64), "cache": {"ttl": 0}}


@pytest.fixture
async def fresh() -> AsyncIterator[ClientSession]:
    """Keeps no connection to a process that is no more."""
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        yield session


async def write(session: ClientSession, child: Child, acknowledged: set[str]) -> None:
    """Ask for pictures until the gateway is gone, and keep the paths that it told."""
    with suppress(ClientError, OSError, asyncio.IncompleteReadError):
        while True:
            async with session.post(child.address + GENERATIONS, json={"prompt": "a hill", "n": 2}) as response:
                answer = await response.json()
            assert response.status == 200, answer
            acknowledged |= {URL(item["url"]).path for item in answer["data"]}


async def killed(session: ClientSession, folder: Path, provider: Provider, after: float) -> set[str]:
    """What a gateway acknowledged in so many seconds of load."""
    acknowledged: set[str] = set()
    async with serving(folder, document(provider)) as child:
        writers = [asyncio.ensure_future(write(session, child, acknowledged)) for _ in range(WRITERS)]
        await asyncio.sleep(after)
        child.signal(signal.SIGKILL)
        await child.exit_status()
        await asyncio.gather(*writers)
    return acknowledged


async def is_whole(session: ClientSession, child: Child, path: str) -> bool:
    """Whether it is served, and is what its name certifies."""
    name = HostedName.parse(path.rpartition("/")[2])
    async with session.get(child.address + path) as response:
        data = await response.read()
    return response.status == 200 and name is not None and name.certifies(hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("kills", [2, pytest.param(100, marks=pytest.mark.slow)])
async def test_no_acknowledged_picture_is_lost(
    tmp_path: Path, fresh: ClientSession, provider: Provider, kills: int
) -> None:
    dice, acknowledged = random.Random(kills), set()
    for _ in range(kills):
        acknowledged |= await killed(fresh, tmp_path, provider, after=dice.uniform(0.05, 0.6))

    files = {path.name for path in (tmp_path / "images").rglob("*.png")}
    async with serving(tmp_path, document(provider)) as child:
        lost = [path for path in acknowledged if not await is_whole(fresh, child, path)]
        partial = [name for name in files if not await is_whole(fresh, child, f"/images/{name}")]
    verified = verify(tmp_path / "images")

    sys.stdout.write(
        f"\n  {kills} kills: {len(acknowledged)} pictures acknowledged, {len(lost)} lost;"
        f" {len(files)} files, {len(partial)} partial\n"
    )
    assert len(acknowledged) > 2 * kills
    assert (lost, partial) == ([], [])
    assert (verified.damaged, verified.foreign, verified.unfinished) == ((), 0, 0)
