"""The command in front of a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import gateway

PATIENCE = 15
"""Seconds for anything that is waited for."""
_PACKAGE = Path(gateway.__file__).parents[1]


class Watched:
    """A command whose output and errors are a terminal."""

    def __init__(self, process: Process, reader: asyncio.StreamReader) -> None:
        self.process = process
        self._reader = reader
        self.seen = ""

    async def until(self, words: str) -> None:
        """Read until the terminal has shown this."""
        async with asyncio.timeout(PATIENCE):
            while words not in self.seen:
                assert await self._read(), self.seen

    async def ended(self) -> int:
        """Read to the end; gives the exit status."""
        async with asyncio.timeout(PATIENCE):
            while await self._read():
                pass
            return await self.process.wait()

    async def _read(self) -> bool:
        try:
            data = await self._reader.read(2**16)
        except OSError:  # EIO is how Linux says that nobody holds the other end any more
            return False
        self.seen += data.decode()
        return bool(data)


@asynccontextmanager
async def at_a_terminal(folder: Path, *arguments: str, **environ: str) -> AsyncIterator[Watched]:
    """`python -m gateway` with these arguments in `folder`."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(_PACKAGE), "TERM": "xterm", "COLUMNS": "100", **environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *arguments),
        cwd=folder,
        env=environment,
        stdin=DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    reader = asyncio.StreamReader()
    with os.fdopen(ours, "rb", buffering=0) as file:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), file
        )
        try:
            yield Watched(process, reader)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            transport.close()
