"""Bodies of 60 MB, eight at a time, and small ones that unpack to as much: all within 256 MiB (R2, R4, I6, L2).

python -m pytest tests/hostile/test_large_bodies.py -s -m "slow or not slow"
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import random
import sys
import time
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from aiohttp import ClientSession
from support.child import Child, serving
from support.hostile_pictures import png
from support.images_api import EDITS
from support.memory import MIB, Memory
from support.painter import Painter, painting
from support.samples import text

LARGE = 60_000_000
AT_ONCE = 8
MOST = 256 * MIB
JSON = "application/json"


class Body(NamedTuple):
    data: bytes
    kind: str
    coding: str = ""


def json_text() -> Body:
    """One picture of 45 MB as base64."""
    return Body(b'{"prompt":"a","image":"' + b"iVBO" * (LARGE // 4) + b'"}', JSON)


def json_keys() -> Body:
    return Body(b"{" + b",".join(b'"k%08d":1' % number for number in range(LARGE // 14)) + b"}", JSON)


def urlencoded() -> Body:
    return Body(b"prompt=a&image=" + b"iVBO" * (LARGE // 4), "application/x-www-form-urlencoded")


def multipart() -> Body:
    head = b'--x\r\nContent-Disposition: form-data; name="image[]"; filename="a.png"\r\n\r\n'
    return Body((head + b"\x89PNG" + bytes(LARGE // 3) + b"\r\n") * 3 + b"--x--\r\n", "multipart/form-data; boundary=x")


def gzip_bomb() -> Body:
    """Half a gibibyte in half a mebibyte."""
    packer = zlib.compressobj(1, wbits=31)
    packed = b"".join([packer.compress(b'{"prompt":"'), *(packer.compress(bytes(MIB)) for _ in range(512))])
    return Body(packed + packer.flush(), JSON, "gzip")


def gzip_members() -> Body:
    """Ten thousand members, each of which is honest."""
    return Body(gzip.compress(b" " * 100_000) * 10_000, JSON, "gzip")


BODIES = {
    "a JSON of one text": json_text,
    "a JSON of millions of keys": json_keys,
    "an urlencoded form": urlencoded,
    "a multipart form": multipart,
    "a gzip bomb": gzip_bomb,
    "a gzip bomb of many members": gzip_members,
}
QUICK = ("a multipart form", "a gzip bomb of many members")
CASES = [
    pytest.param(name, limit, marks=[] if name in QUICK and limit == "64MiB" else pytest.mark.slow)
    for name in BODIES
    for limit in ("32MiB", "64MiB")
]


async def status(client: ClientSession, child: Child, body: Body) -> int:
    headers = {"Content-Type": body.kind, **({"Content-Encoding": body.coding} if body.coding else {})}
    try:
        async with client.post(child.address + EDITS, data=io.BytesIO(body.data), headers=headers) as response:
            await response.read()
            return response.status
    except ConnectionError:  # refused and closed while the client still sends
        return 413


@pytest.mark.parametrize(("name", "limit"), CASES)
async def test_eight_at_once_stay_within_bounds(tmp_path: Path, client: ClientSession, name: str, limit: str) -> None:
    body = BODIES[name]()
    async with serving(tmp_path, {"server": {"port": 0, "max_body": limit}}, afresh=True) as child:
        memory, started = Memory(child.process.pid), time.perf_counter()
        before = memory.forget()
        statuses = await asyncio.gather(*(status(client, child, body) for _ in range(AT_ONCE)))
        peak, seconds = memory.peak, time.perf_counter() - started

    sys.stdout.write(
        f"\n  8 times {name}, {limit} allowed: {sorted(set(statuses))} in {seconds:.1f} s,"
        f" peak {peak / MIB:.0f} MiB, {before / MIB:.0f} before\n"
    )
    assert set(statuses) <= {400, 413, 503}
    assert peak <= MOST


async def test_a_hundred_megabytes_are_refused_at_once(tmp_path: Path, client: ClientSession) -> None:
    """I6: by what the head announces, or else as soon as they are too many."""
    start, piece = b'{"image":"', b"A" * 1_000_000

    async def pieces() -> AsyncIterator[bytes]:
        yield start
        for _ in range(100):
            yield piece

    async with serving(tmp_path, {}) as child:
        for length in ({"Content-Length": str(len(start) + 100 * len(piece))}, {}):
            began = time.perf_counter()
            headers = {"Content-Type": JSON, **length}
            async with client.post(child.address + EDITS, data=pieces(), headers=headers) as response:
                seconds = time.perf_counter() - began
                assert response.status == 413
            sys.stdout.write(f"\n  100 MB, announced: {bool(length)}: refused after {seconds:.2f} s\n")
            assert seconds < 2


@pytest.fixture
async def painter() -> AsyncIterator[Painter]:
    async with painting() as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "times"),
    [
        ("form", 3),
        pytest.param("form", AT_ONCE, marks=pytest.mark.slow),
        pytest.param("JSON", AT_ONCE, marks=pytest.mark.slow),
    ],
)
async def test_honest_ones_reach_the_backend(
    tmp_path: Path, client: ClientSession, painter: Painter, kind: str, times: int
) -> None:
    """Three pictures each, whole and large, which nobody has to decode."""
    rows = zlib.compress(random.Random(1).randbytes(14_000_000), 0)
    body = honest(kind, png(2000, 2000, data=rows))
    document = {**painter.document(), "server": {"port": 0, "max_body": "64MiB"}}
    async with serving(tmp_path, document, afresh=True) as child:
        memory = Memory(child.process.pid)
        statuses = await asyncio.gather(*(status(client, child, body) for _ in range(times)))
        peak = memory.peak

    sys.stdout.write(
        f"\n  {times} honest {kind} bodies of {len(body.data) / 1e6:.0f} MB:"
        f" {sorted(statuses)}, peak {peak / MIB:.0f} MiB\n"
    )
    assert set(statuses) == {200}
    assert peak <= MOST


def honest(kind: str, picture: bytes) -> Body:
    if kind == "JSON":
        fields = {"prompt": "join", "image": [text(picture)] * 3, "response_format": "b64_json"}
        return Body(json.dumps(fields).encode(), JSON)
    head = b"--x\r\nContent-Disposition: form-data; name="
    part = head + b'"image[]"; filename="a.png"\r\n\r\n' + picture + b"\r\n"
    return Body(part * 3 + head + b'"prompt"\r\n\r\njoin\r\n--x--\r\n', "multipart/form-data; boundary=x")
