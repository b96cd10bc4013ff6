"""Processes that end by themselves, that do not end when they are asked to, and that never begin."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.clock import SystemClock
from gateway.supervision import supervisor as under_test
from gateway.supervision.commons import Commons, Turns, Values
from gateway.supervision.supervisor import StartFailed, Supervisor

STAND_IN = """
import json, socket, sys
how, channel = sys.argv[1], socket.socket(fileno=int(sys.argv[2])).makefile("rwb", 0)
def say(**message):
    channel.write(json.dumps(message).encode() + b"\\n")
if how == "fails":
    sys.exit(7)
say(ask="ready", **{"with": None})
if how == "ends":
    sys.exit(3)
for line in channel:
    asked = json.loads(line)
    if asked["ask"] == "drain":
        say(answer=0.1, number=asked["number"])
        if how != "stays":
            sys.exit(0)
"""
"""Speaks as a worker does, and needs no gateway."""


class Started:
    """A supervisor of such processes."""

    def __init__(self, how: str, workers: int = 2) -> None:
        self.pids: list[int] = []
        self.how = how
        commons = Commons(Values(1000, SystemClock()), Turns(), {})
        self.announced = asyncio.Event()
        self.supervisor = Supervisor(self._start, workers, 5, commons)
        self.running = asyncio.create_task(self.supervisor.run(self.announced.set))

    async def _start(self, _: int, channel: socket.socket) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", STAND_IN, self.how, str(channel.fileno()), pass_fds=[channel.fileno()]
        )
        self.pids.append(process.pid)
        return process

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - another process sets no event of ours
                await asyncio.sleep(0.005)


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Started]]:
    made: list[Started] = []

    def one(how: str, **options: Any) -> Started:
        made.append(Started(how, **options))
        return made[-1]

    yield one
    loop = asyncio.get_running_loop()
    for each in made:
        each.running.cancel()
        await asyncio.gather(each.running, return_exceptions=True)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.remove_signal_handler(number)


async def test_asked_to_end_it_ends_with_the_last_of_them(start: Callable[..., Started]) -> None:
    started = start("serves")
    await started.announced.wait()
    await started.until(lambda: len(started.pids) == 2)

    os.kill(os.getpid(), signal.SIGTERM)

    async with asyncio.timeout(10):
        assert await started.running == 0
    assert not [pid for pid in started.pids if is_alive(pid)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_first_that_fails_ends_the_start(start: Callable[..., Started]) -> None:
    started = start("fails")

    async with asyncio.timeout(10):
        with pytest.raises(StartFailed) as failed:
            await started.running

    assert (failed.value.status, len(started.pids), started.announced.is_set()) == (7, 1, False)


async def test_one_that_keeps_ending_is_started_ever_more_seldom(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_test, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(under_test, "LONGEST_PAUSE", 0.06)
    started = start("ends", workers=1)

    await started.until(lambda: len(pauses(caplog)) >= 5)
    os.kill(os.getpid(), signal.SIGTERM)
    await started.running

    assert pauses(caplog)[:5] == [0.02, 0.04, 0.06, 0.06, 0.06]


def pauses(caplog: pytest.LogCaptureFixture) -> list[float]:
    fields = [vars(record).get("fields", {}) for record in caplog.records]
    return [found["again_in"] for found in fields if "again_in" in found]


async def test_one_that_does_not_end_is_killed(
    start: Callable[..., Started], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(under_test, "GRACE", 0.1)
    started = start("stays", workers=1)
    await started.announced.wait()

    os.kill(os.getpid(), signal.SIGTERM)

    async with asyncio.timeout(10):
        assert await started.running == 0
    assert not is_alive(started.pids[0])
    assert "has not ended in its time" in caplog.text
