"""Sockets that are slow in every way: all closed at their deadline, and nobody else notices (R5).

python -m pytest tests/hostile/test_slow_sockets.py -s            64 sockets, deadlines of a second
python -m pytest tests/hostile/test_slow_sockets.py -s -m slow    500 sockets for 60 s, deadlines as by default
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Self, TypeAlias

import pytest
from aiohttp import ClientSession
from support.child import Child, serving
from support.images_api import UPSCALE
from support.samples import photograph, text
from yarl import URL

Behave: TypeAlias = Callable[["Slow"], Awaitable[None]]

HEAD = b"POST /v1/images/upscale HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Size(NamedTuple):
    sockets: int
    head: float
    body: float
    write: float
    idle: float
    """Deadlines in seconds."""
    probes: int
    quantile: float
    """Of ordinary requests, within which they must be as quick as without."""


FULL = Size(500, head=20, body=60, write=30, idle=75, probes=400, quantile=0.99)
SMALL = Size(64, head=1, body=1, write=1, idle=1, probes=100, quantile=0.5)
"""In whose one second the sockets are opened too, so that the slowest of the others tell of that."""
GRACE = 8.0
"""Seconds beyond a deadline: an error is waited for to be read, and a busy machine looks late."""
NOISE = 0.02
"""Seconds that say nothing: what other processes of the machine do is longer."""


class Slow:
    """A connection whose other end the test plays, badly."""

    def __init__(self, address: str, picture: str, drip: float) -> None:
        self._address = URL(address)
        self.picture = URL(picture).path.encode()
        self.drip = drip
        """Seconds between two bytes."""
        self.socket = socket.socket()

    async def __aenter__(self) -> Self:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        await self._loop.sock_connect(self.socket, (self._address.host, self._address.port))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self.socket, data)

    async def drips(self, data: bytes) -> None:
        for letter in data:
            await self.send(bytes([letter]))
            await asyncio.sleep(self.drip)

    async def takes(self, size: int) -> bool:
        return bool(await self._loop.sock_recv(self.socket, size))

    async def until_closed(self) -> None:
        """Read what comes."""
        with suppress(ConnectionError):
            while await self.takes(65536):
                pass


async def says_nothing(_: Slow) -> None: ...


async def stops_in_the_head(one: Slow) -> None:
    await one.send(HEAD[:40])


async def drips_the_head(one: Slow) -> None:
    await one.drips(HEAD * 100)


async def stops_in_the_body(one: Slow) -> None:
    await one.send(HEAD + b'Content-Length: 100\r\n\r\n{"image":')


async def drips_the_body(one: Slow) -> None:
    await one.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    await one.drips(b'{"image":"' + b"A" * 90_000)


async def drips_chunks(one: Slow) -> None:
    await one.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    await one.drips(b"1\r\nA\r\n" * 10_000)


async def takes_no_answer(one: Slow) -> None:
    await one.send(b"".join(b"GET " + one.picture + b" HTTP/1.1\r\nHost: localhost\r\n\r\n" for _ in range(40)))
    await asyncio.Event().wait()


async def stays_idle(one: Slow) -> None:
    await one.send(GET)


WAYS: dict[Behave, str] = {
    says_nothing: "head",
    stops_in_the_head: "head",
    drips_the_head: "head",
    stops_in_the_body: "body",
    drips_the_body: "body",
    drips_chunks: "body",
    takes_no_answer: "write",
    stays_idle: "idle",
}
"""And the deadline of each."""


async def lasts(child: Child, picture: str, way: Behave, limit: float) -> float:
    """Seconds until the gateway has closed it."""
    started = time.perf_counter()
    async with Slow(child.address, picture, drip=max(0.05, limit / 20)) as one:
        behaving = asyncio.ensure_future(_until_refused(way, one))
        closed = asyncio.ensure_future(_reset(one) if way is takes_no_answer else one.until_closed())
        try:
            async with asyncio.timeout(limit + 3 * GRACE):
                await closed
        finally:
            behaving.cancel()
            await asyncio.wait([behaving])
    return time.perf_counter() - started


async def _until_refused(way: Behave, one: Slow) -> None:
    with suppress(OSError):
        await way(one)


async def _reset(one: Slow) -> None:
    """Return once the connection is cut: whoever reads nothing learns it so."""
    while not one.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(0.1)


async def latency(client: ClientSession, child: Child, size: Size, pause: float) -> float:
    """Seconds within which that share of ordinary small requests is answered, one after another."""
    seconds = []
    for _ in range(size.probes):
        started = time.perf_counter()
        async with client.get(child.address + "/v1/models") as response:
            await response.read()
            assert response.status == 200
        seconds.append(time.perf_counter() - started)
        await asyncio.sleep(pause)
    return sorted(seconds)[int(size.quantile * size.probes)]


@asynccontextmanager
async def gateway(folder: Path, size: Size) -> AsyncIterator[Child]:
    limits = {
        "head_timeout": size.head,
        "body_timeout": size.body,
        "write_timeout": size.write,
        "idle_timeout": size.idle,
    }
    async with serving(folder, {"server": {"port": 0, **limits}}) as child:
        yield child


@pytest.mark.alone
@pytest.mark.parametrize("size", [SMALL, pytest.param(FULL, marks=pytest.mark.slow)], ids=["small", "full"])
async def test_slow_sockets_end_in_time_and_disturb_nobody(tmp_path: Path, client: ClientSession, size: Size) -> None:
    async with gateway(tmp_path, size) as child:
        async with client.post(child.address + UPSCALE, json={"image": text(photograph((400, 300)))}) as response:
            picture = (await response.json())["data"][0]["url"]
        pause = size.body / size.probes
        quiet = await latency(client, child, size, min(pause, 0.02))
        ways = list(itertools.islice(itertools.cycle(WAYS), size.sockets))
        slow = [asyncio.ensure_future(lasts(child, picture, way, getattr(size, WAYS[way]))) for way in ways]
        await asyncio.sleep(size.head / 5)  # until all are there
        beside = await latency(client, child, size, pause)
        seconds = await asyncio.gather(*slow)
        quiet = max(quiet, await latency(client, child, size, min(pause, 0.02)))

    longest: dict[str, float] = defaultdict(float)
    for way, lasted in zip(ways, seconds, strict=True):
        longest[WAYS[way]] = max(longest[WAYS[way]], lasted)
    told = ", ".join(f"{kind} {lasted:.1f} of {getattr(size, kind)} s" for kind, lasted in longest.items())
    sys.stdout.write(
        f"\n  {size.sockets} slow sockets: p{100 * size.quantile:.0f} {beside * 1000:.1f} ms,"
        f" {quiet * 1000:.1f} when quiet; longest {told}\n"
    )
    assert all(lasted <= getattr(size, kind) + GRACE for kind, lasted in longest.items())
    assert beside <= max(2 * quiet, NOISE)
