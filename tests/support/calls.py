"""How many functions the event loop's thread calls to answer one request: a cost that no busy machine can hide."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from aiohttp import web

from bench.mock import make_app

WARM, COUNTED = 20, 50


class _Count:
    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, _frame: FrameType, kind: str, _argument: Any) -> None:
        if kind in {"call", "c_call"}:  # a coroutine that goes on counts too: it runs through all that wait for it
            self.calls += 1


async def calls_per_request(request: bytes, port: int) -> float:
    """Of functions in Python and in C, by the server of this thread that listens on `port`."""
    count = _Count()
    loop = asyncio.get_running_loop()

    def send() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
            for _ in range(WARM):
                _exchange(client, request)
            _in_loop(loop, count)
            for _ in range(COUNTED):
                _exchange(client, request)
            _in_loop(loop, None)

    before = sys.getprofile()
    try:
        await asyncio.to_thread(send)
    finally:
        sys.setprofile(before)
    return count.calls / COUNTED


def _in_loop(loop: asyncio.AbstractEventLoop, profile: _Count | None) -> None:
    done = threading.Event()

    def switch() -> None:
        sys.setprofile(profile)
        done.set()

    loop.call_soon_threadsafe(switch)
    done.wait()


def _exchange(client: socket.socket, request: bytes) -> None:
    client.sendall(request)
    head, _, body = _until_head(client).partition(b"\r\n\r\n")
    assert b" 200 " in head[:20], head
    left = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]) - len(body)
    while left:
        left -= len(client.recv(left))


def _until_head(client: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(2**16)
        assert piece, "the connection was closed"
        data += piece
    return data


@asynccontextmanager
async def in_this_thread(app: web.Application) -> AsyncIterator[int]:
    """Serve `app`; gives its port."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@contextmanager
def upstream_elsewhere() -> Iterator[str]:
    """The benchmark's mock upstream in a thread of its own, whose calls are not counted; gives its address."""
    ports: list[int] = []
    started, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        async with in_this_thread(make_app()) as port:
            ports.append(port)
            started.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert started.wait(30)
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        ended.set()
        thread.join(30)
