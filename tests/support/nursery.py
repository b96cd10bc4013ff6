"""A process that has loaded the gateway once and splits off others, which then begin as `python -m gateway` does.

To load it takes more than a second, most of what a test of a process takes.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
MOST = 2**20
"""Bytes of one order."""


class Born:
    """A process of the nursery, with what tests ask of one that asyncio has started."""

    def __init__(self, pid: int, status: asyncio.StreamReader, stdout: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stdout = stdout
        self.returncode: int | None = None
        self._ended = asyncio.ensure_future(self._end(status))

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    async def communicate(self) -> tuple[bytes, bytes]:
        output = await self.stdout.read()
        await self.wait()
        return output, b""

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def _end(self, status: asyncio.StreamReader) -> int:
        self.returncode = int(await status.read())  # to the end, which closes the pipe
        return self.returncode


async def born(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stderr: int) -> Born:
    """The command with these arguments, its output to be read here and its errors written to `stderr`."""
    output, status = os.pipe(), os.pipe()
    order = json.dumps({"arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}).encode()
    socket.send_fds(_nursery(), [order], [output[1], stderr, status[1]])
    os.close(output[1])
    os.close(status[1])
    read, told = await _reader(output[0]), await _reader(status[0])
    return Born(int(await told.readline()), told, read)


async def _reader(file: int) -> asyncio.StreamReader:
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb", 0))
    return reader


@cache
def _nursery() -> socket.socket:
    ours, theirs = socket.socketpair()
    environ = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "support.nursery", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        env=environ,
        start_new_session=True,
    )
    theirs.close()

    def end() -> None:
        ours.close()
        process.wait(10)

    atexit.register(end)
    return ours


def main() -> None:
    """Split off a process for each order, until nobody can order any more."""
    import gateway.cli.serve  # noqa: F401, PLC0415 - this is what takes long
    from gateway.cli import main as command  # noqa: PLC0415 - likewise

    gc.collect()
    gc.freeze()  # else a look at it would copy, for each of them, what all share
    orders = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the kernel buries those that wait for the others
    while True:
        order, files, _, _ = socket.recv_fds(orders, MOST, 3)
        if not order:
            return
        if not os.fork():
            orders.close()
            break
        for file in files:
            os.close(file)
    _wait_for_one(files)
    sys.exit(command(_become(json.loads(order), files)))


def _wait_for_one(files: Sequence[int]) -> None:
    """Return in a process of its own; this one tells its number and, once it has ended, how."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        return
    os.close(files[0])
    os.write(files[2], b"%d\n" % pid)
    _, ended = os.waitpid(pid, 0)
    os.write(files[2], b"%d\n" % os.waitstatus_to_exitcode(ended))
    os._exit(0)


def _become(order: Mapping[str, object], files: Sequence[int]) -> list[str]:
    """Take the place of a process that was started by itself; gives its arguments."""
    output, errors, status = files
    os.dup2(output, 1)
    os.dup2(errors, 2)
    for file in (output, errors, status):
        os.close(file)
    os.chdir(str(order["cwd"]))
    os.environ.clear()
    os.environ.update(order["env"])  # type: ignore[call-overload]  # as it was sent
    arguments: list[str] = order["arguments"]  # type: ignore[assignment]  # likewise
    return arguments


if __name__ == "__main__":
    main()
