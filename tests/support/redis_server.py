"""A Redis server of its own for a test, which can be stopped, paused and brought back."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.object_stores import free_port, needed
from support.programs import program


class RedisServer:
    def __init__(self, folder: Path, password: str = "") -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
        if self._password:
            options += ["--requirepass", self._password]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([program("redis-server"), *options], stdout=quiet)  # noqa: S603 - of the tests
        end = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < end
            time.sleep(0.02)

    def pause(self) -> None:
        """It stays connected and says nothing any more."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return bool(connection.recv(16))
        except OSError:
            return False


@contextmanager
def running_redis(folder: Path, password: str = "") -> Iterator[RedisServer]:
    needed("redis", "test")
    server = RedisServer(folder, password)
    server.start()
    try:
        yield server
    finally:
        server.stop()
