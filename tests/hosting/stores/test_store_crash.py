"""Killed while it writes: what was acknowledged is whole, what was not is not there, and the totals are right (H3)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from gateway.hosting.names import HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.verification import Report, verify

KILLS = int(os.environ.get("STORE_KILLS", "10"))
"""A few by default; run with STORE_KILLS=100 after a change to how pictures are written."""

WRITER = """
import asyncio, pathlib, secrets, sys
from gateway.blob import MemoryBlob
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Draft
from gateway.hosting.stores.filesystem import FileStore
from gateway.images import ImageFormat, Operation

async def write(store):
    while True:
        data = secrets.token_bytes(secrets.randbelow(300_000) + 1)
        name = await store.put(Draft(MemoryBlob(data), Operation.GENERATE, ImageFormat.PNG))
        sys.stdout.write(f"{name}\\n")
        sys.stdout.flush()

async def main():
    store = FileStore(pathlib.Path(sys.argv[1]), Retention())
    await store.open()
    await asyncio.gather(*(write(store) for _ in range(8)))

asyncio.run(main())
"""


def acknowledged_until_killed(root: Path, after: int) -> list[str]:
    """Run a writer, kill it once it has acknowledged `after` pictures; every name that it could print."""
    repository = Path(__file__).parents[3]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True, cwd=repository
    ) as writer:
        assert writer.stdout is not None
        printed = [writer.stdout.readline() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        printed += writer.stdout.readlines()
    return [line.strip() for line in printed if line.endswith("\n")]


async def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    root, dice = tmp_path / "images", random.Random(9)
    acknowledged = [name for _ in range(KILLS) for name in acknowledged_until_killed(root, dice.randint(1, 30))]
    left = verify(root)
    store = FileStore(root, Retention())
    await store.open()
    for text in acknowledged:
        name = HostedName.parse(text)
        assert name is not None
        picture = await store.get(name)
        assert picture is not None
        async with picture:
            await picture.load()
    usage = store.usage()
    await store.close()

    assert len(acknowledged) >= KILLS
    assert (left.damaged, left.foreign) == ((), 0)
    assert verify(root) == Report(good=left.good, damaged=(), foreign=0, unfinished=0)
    assert usage == Usage(left.good, sum(path.stat().st_size for path in root.rglob("*.png")))
