"""An answer that waits for its turn waits at the backend, where many wait."""

from __future__ import annotations

import asyncio
import fcntl
import select
import socket
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from gateway.upstreams import read_ahead
from gateway.upstreams.answer_memory import AnswerMemory
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.read_ahead import NARROW

ANSWER = bytes(range(256)) * 2**16
"""16 MiB: more than the buffers of two kernels and the gateway hold."""
STALLED = 0.5
"""Seconds in which a backend can send nothing more: the other side takes nothing."""


class Backend:
    """Answers every request on one connection with `ANSWER`, and tells how much was taken before it had to wait."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.taken = 0
        self.waits = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.setblocking(False)
            while self._asked(connection):
                self._send(connection, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)

    def _asked(self, connection: socket.socket) -> bool:
        asked = piece = b""
        while b"\r\n\r\n" not in asked:
            if self._ended.is_set():
                return False
            if select.select([connection], [], [], 0.05)[0]:
                with suppress(ConnectionError):
                    piece = connection.recv(2**16)
                if not piece:
                    return False
                asked += piece
        return True

    def _send(self, connection: socket.socket, data: bytes) -> None:
        rest = memoryview(data)
        while rest and not self._ended.is_set():
            if not select.select([], [connection], [], STALLED)[1]:
                self.taken = len(data) - len(rest) - _unacknowledged(connection)
                self.waits.set()
            else:
                rest = rest[connection.send(rest) :]


def _unacknowledged(connection: socket.socket) -> int:
    answer = fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


@pytest.fixture
def backend() -> Iterator[Backend]:
    backend = Backend()
    try:
        yield backend
    finally:
        backend.close()


@contextmanager
def all_taken(memory: AnswerMemory, budget: int) -> Iterator[None]:
    """Nobody else gets a turn inside."""
    memory.budget._free -= budget  # what a request that holds answers has done
    yield
    memory.budget.release(budget)


async def taken_before_its_turn(backend: Backend, crowd: int, http: UpstreamHttp) -> int:
    """Bytes of an answer that left the backend while the answer waited; it is then read whole."""
    budget = 8 * 2**20
    memory = AnswerMemory(budget, crowd=crowd)

    async def ask() -> bytes:
        with memory.held():
            return (await http.get("/v1")).body

    with all_taken(memory, budget):
        asking = asyncio.create_task(ask())
        assert await asyncio.to_thread(backend.waits.wait, 10)
        taken = backend.taken
        backend.waits.clear()
    assert await asyncio.wait_for(asking, 10) == ANSWER
    return taken


async def test_in_a_crowd_an_answer_waits_at_its_backend(backend: Backend) -> None:
    http = UpstreamHttp(f"http://127.0.0.1:{backend.port}", timeout=30)
    await http.open()
    try:
        in_crowd = await taken_before_its_turn(backend, 0, http)
        alone = await taken_before_its_turn(backend, 1, http)
    finally:
        await http.close()
    assert in_crowd < 8 * NARROW, (in_crowd, alone)
    assert alone > 4 * in_crowd, "the connection has stayed narrow for whoever has it next"


async def test_a_system_without_such_windows_does_without(monkeypatch: pytest.MonkeyPatch, backend: Backend) -> None:
    monkeypatch.setattr(read_ahead, "_CLAMP", None)
    http = UpstreamHttp(f"http://127.0.0.1:{backend.port}", timeout=30)
    await http.open()
    try:
        assert await taken_before_its_turn(backend, 0, http) > 0
    finally:
        await http.close()
