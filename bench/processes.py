"""Child processes of a run, and what the kernel says they used. Linux only."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STARTS_WITHIN = 120
"""Seconds; the slowest rival takes fifteen on a machine of its own."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a server is started, and where it then listens."""

    command: Sequence[str]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)


class Child:
    """One server on a CPU of its own; `start` is the seconds until it took a connection."""

    def __init__(self, recipe: Recipe, cpu: int, *, log: Path) -> None:
        """Raises: RuntimeError, with the end of what it said, if it does not listen in time."""
        self.port = recipe.port
        began = time.perf_counter()
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - commands of this harness
                recipe.command,
                stdout=output,
                stderr=output,
                env={**os.environ, **recipe.environment},
                preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),  # noqa: PLW1509
            )
        while not _listens(self.port):
            if self._process.poll() is not None or time.perf_counter() - began > STARTS_WITHIN:
                self.stop()
                said = log.read_text(errors="replace")[-1000:]
                raise RuntimeError(f"{' '.join(recipe.command[:4])} did not start:\n{said}")
            time.sleep(0.005)
        self.start = time.perf_counter() - began

    def cpu(self) -> float:
        """Seconds that all its threads have run, from the scheduler: far finer than the clock tick."""
        return sum(_ran(task) for pid in self._family() for task in Path(f"/proc/{pid}/task").iterdir()) / 1e9

    def forget_peak(self) -> None:
        for pid in self._family():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """MB resident at most since `forget_peak`."""
        return self._status("VmHWM")

    def resident(self) -> float:
        return self._status("VmRSS")

    def _status(self, field: str) -> float:
        lines = [line for pid in self._family() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith(field)) / 1000

    def _family(self) -> Iterator[int]:
        """The process and its children of every degree."""
        waiting = [self._process.pid]
        while waiting:
            pid = waiting.pop()
            yield pid
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
            return
        self._process.kill()
        self._process.wait()


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _ran(task: Path) -> int:
    """Nanoseconds. A thread may end while it is asked for."""
    try:
        return int((task / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _listens(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
