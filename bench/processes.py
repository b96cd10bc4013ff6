"""Child processes of a run, and what the kernel says they used. Linux only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


class Child:
    """One server on a CPU of its own; `start` is the seconds until it took a connection."""

    def __init__(self, command: Sequence[str], port: int, cpu: int, *, log: Path) -> None:
        self.port = port
        began = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of this harness
                command,
                stdout=output,
                stderr=output,
                preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),  # noqa: PLW1509
            )
        while not _listens(port):
            if self._process.poll() is not None or time.perf_counter() - began > 60:  # noqa: PLR2004 - seconds
                raise RuntimeError(f"{command[:4]} did not start; see {log}")
            time.sleep(0.005)
        self.start = time.perf_counter() - began

    def cpu(self) -> float:
        """Seconds that all its threads have run, from the scheduler: far finer than the clock tick."""
        tasks = Path(f"/proc/{self._process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9

    def forget_peak(self) -> None:
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """MB resident at most since `forget_peak`."""
        return self._status("VmHWM")

    def resident(self) -> float:
        return self._status("VmRSS")

    def _status(self, field: str) -> float:
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1000

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
            return
        self._process.kill()
        self._process.wait()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
