"""What a gateway beside an application costs: the time to its first answer, and memory while nobody asks."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession
from support.child import serving
from support.deploy import document

ROUNDS = 5
IDLE = 5
"""Seconds after which memory is read."""


def mebibytes(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) / 1024


def processor_seconds(pid: int) -> float:
    """That it has used until now: on a machine that is busy with other things, the clock says more about these."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.slow
async def test_the_sidecar_is_ready_soon_and_idles_small(tmp_path: Path, client: ClientSession) -> None:
    sections = document("kubernetes/sidecar/gateway.yaml")
    sections["server"]["port"] = 0
    sections["images"]["store"] = f"file:{tmp_path}/images"
    starts, worked, resident, own = [], [], [], []
    for _ in range(ROUNDS):
        began = time.monotonic()
        async with serving(tmp_path, yaml.safe_load(yaml.safe_dump(sections)), afresh=True) as gateway:
            async with client.get(gateway.address + "/readyz") as response:
                assert response.status == 200
            starts.append(time.monotonic() - began)
            worked.append(processor_seconds(gateway.process.pid))
            await asyncio.sleep(IDLE)
            resident.append(mebibytes(gateway.process.pid, "Rss"))
            own.append(mebibytes(gateway.process.pid, "Private_Dirty"))

    sys.stdout.write(
        f"\n  start to ready {statistics.median(starts):.2f} s (of {ROUNDS}: {min(starts):.2f} to {max(starts):.2f}),"
        f" of which {statistics.median(worked):.2f} s on a processor"
        f"\n  idle: {statistics.median(resident):.0f} MiB resident, {statistics.median(own):.0f} MiB its own\n"
    )
    assert statistics.median(resident) < 192  # what the sidecar's pod requests
