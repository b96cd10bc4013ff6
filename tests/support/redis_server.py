"""A Redis server of its own for a test, which can be stopped, paused and brought back."""

from __future__ import annotations

import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.object_stores import free_port, needed
from support.programs import program


class _Babbler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(1)
        self.request.sendall(b"\x00\xff220 mail ready\r\n$-99\r\n*9\r\n" * 50)


class RedisServer:
    def __init__(self, folder: Path, password: str = "") -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        self._babbler: socketserver.ThreadingTCPServer | None = None

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

    def restart(self) -> None:
        """It forgets everything."""
        self.stop()
        self.start()

    def fill(self) -> None:
        """There is no memory for anything more: writing is refused, reading is not."""
        self.command("CONFIG SET maxmemory 1")

    def empty(self) -> None:
        """There is memory again."""
        self.command("CONFIG SET maxmemory 0")

    def lock(self, password: str) -> None:
        """Ask everybody for a password from now on."""
        self.command("CLIENT KILL TYPE normal SKIPME yes", f"CONFIG SET requirepass {password}")

    def babble(self) -> None:
        """Something else listens at its port, and talks nonsense."""
        self.stop()
        self._babbler = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), _Babbler, bind_and_activate=False)
        self._babbler.allow_reuse_address = self._babbler.daemon_threads = True
        self._babbler.server_bind()
        self._babbler.server_activate()
        threading.Thread(target=self._babbler.serve_forever, args=(0.05,), daemon=True).start()

    def command(self, *lines: str) -> None:
        """On a connection of its own; each must be answered with OK or a number."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            for line in lines:
                connection.sendall(line.encode() + b"\r\n")
                answer = connection.recv(256)
                assert answer.startswith((b"+OK", b":")), answer

    def stop(self) -> None:
        if self._babbler is not None:
            self._babbler.shutdown()
            self._babbler.server_close()
            self._babbler = None
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
