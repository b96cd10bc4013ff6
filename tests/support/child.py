"""The command in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TypeAlias

import yaml

import gateway
from support.gateway import Document
from support.nursery import Born, born

PATIENCE = 60
"""Seconds for anything that is waited for: a machine that is busy with other tests starts a process in a dozen."""
_PACKAGE = Path(gateway.__file__).parents[1]


class Child:
    """A gateway that serves."""

    def __init__(self, process: Process | Born, first_line: str, log: Path) -> None:
        self.process = process
        self.first_line = first_line
        self.address = first_line.split()[4]
        self._log = log

    def log(self) -> list[str]:
        """Lines written so far."""
        return self._log.read_text().splitlines()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def exit_status(self) -> int:
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


RunGateway: TypeAlias = Callable[[Document], Coroutine[Any, Any, Child]]
"""Serve with these sections as gateway.yaml; a second one serves from the same folder."""


@asynccontextmanager
async def serving(
    folder: Path,
    document: Document,
    patience: float = PATIENCE,
    *,
    afresh: bool = False,
    before: Callable[[], None] | None = None,
) -> AsyncIterator[Child]:
    """`python -m gateway` in `folder` at a free port, from its first line until it is killed.

    `patience`: seconds for it to start. `afresh`: with an interpreter of its own, where the start or the memory of the
    whole process is what is tested. `before`: called in its process, before it is the gateway, which begins afresh.
    """
    file, log = folder / "gateway.yaml", folder / "log"
    file.write_text(yaml.safe_dump({"server": {"port": 0}, **document}))
    with log.open("w") as errors:
        begin = partial(_python, before=before) if afresh or before else born
        process = await begin(["--config", file.name], cwd=folder, env=_environment(), stderr=errors.fileno())
    try:
        async with asyncio.timeout(patience):
            first = (await process.stdout.readline()).decode() if process.stdout else ""
        assert first, log.read_text()
        yield Child(process, first, log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def command(
    folder: Path, *arguments: str, before: Callable[[], None] | None = None
) -> tuple[int | None, str, str]:
    """Exit status, output and errors of one command. `before`: as above."""
    begin = partial(_python, before=before) if before else born
    with TemporaryFile() as errors:
        process = await begin(arguments, cwd=folder, env=_environment(), stderr=errors.fileno())
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
        errors.seek(0)
        return process.returncode, output.decode(), errors.read().decode()


async def _python(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stderr: int, before: Callable[[], None] | None
) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *arguments), cwd=cwd, env=env, stdout=PIPE, stderr=stderr, preexec_fn=before
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(_PACKAGE)}  # the package under test, wherever the folder is
