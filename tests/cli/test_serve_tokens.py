"""The running command: warnings at start, and tokens that change while it serves."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientSession

PATIENCE = 15
"""Seconds for anything that is waited for."""


class Command:
    """A gateway in a process of its own."""

    def __init__(self, process: Process, client: ClientSession) -> None:
        self.process = process
        self.address = ""
        self._client = client

    async def says(self, stream: str, word: str) -> str:
        """The first line of `stream` that holds `word`; fails when none comes."""
        lines: Any = getattr(self.process, stream)
        async with asyncio.timeout(PATIENCE):
            async for line in lines:
                if word in line.decode():
                    return str(line.decode())
        raise AssertionError(f"the process ended without saying {word!r}")

    async def status(self, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        async with self._client.get(f"{self.address}/v1/models", headers=headers) as response:
            return response.status


Run: TypeAlias = Callable[..., Coroutine[Any, Any, Command]]


@asynccontextmanager
async def running(folder: Path, client: ClientSession, *options: str) -> AsyncIterator[Command]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "serve", "--port", "0", *options, cwd=folder, stdout=PIPE, stderr=PIPE
    )
    try:
        yield Command(process, client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
async def run(tmp_path: Path, client: ClientSession) -> AsyncIterator[Run]:
    """Serve with this gateway.yaml, which stays the file of that name in the folder."""
    async with AsyncExitStack() as stack:

        async def start(document: str, *options: str) -> Command:
            write(tmp_path / "gateway.yaml", document)
            command = await stack.enter_async_context(running(tmp_path, client, *options))
            command.address = (await command.says("stdout", "Gateway at")).split()[4]
            return command

        yield start


def write(path: Path, text: str) -> None:
    path.write_text(text)


async def test_a_new_token_is_taken_on_sighup(run: Run, tmp_path: Path) -> None:
    command = await run("auth: {tokens: [{name: web, token: old-token}]}")
    write(tmp_path / "gateway.yaml", "auth: {tokens: [{name: web, token: new-token}]}")

    command.process.send_signal(signal.SIGHUP)
    await command.says("stderr", "configuration reloaded")

    assert (await command.status("old-token"), await command.status("new-token")) == (401, 200)


async def test_a_changed_file_is_noticed_without_being_told(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "token", "old-token")
    command = await run("auth: {tokens: [{name: web, token_file: token}]}")
    write(tmp_path / "token", "new-token")

    await command.says("stderr", "configuration reloaded")

    assert (await command.status("old-token"), await command.status("new-token")) == (401, 200)


async def test_a_faulty_file_leaves_the_old_tokens(run: Run, tmp_path: Path) -> None:
    command = await run("auth: {tokens: [{name: web, token: old-token}]}")
    write(tmp_path / "gateway.yaml", "auth: {tokens: [{name: web, tokn: new-token}]}")

    command.process.send_signal(signal.SIGHUP)
    line = await command.says("stderr", "configuration not reloaded")

    assert " warning " in line
    assert "auth.tokens[0].tokn: unknown key" in line
    assert await command.status("old-token") == 200


async def test_an_exposed_gateway_says_so_once_at_start(run: Run) -> None:
    command = await run("", "--host", "0.0.0.0")  # noqa: S104 - the address that the warning is of
    command.process.send_signal(signal.SIGINT)

    async with asyncio.timeout(PATIENCE):
        _, errors = await command.process.communicate()

    warnings = [line for line in errors.decode().splitlines() if " warning " in line]
    assert len(warnings) == 1
    assert "configure auth.tokens" in warnings[0]
