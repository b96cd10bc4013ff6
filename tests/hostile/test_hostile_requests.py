"""Hostile bytes on sockets of a whole process: refused in one shape, and echoed nowhere (R6, R7).

python -m pytest tests/hostile/test_hostile_requests.py -s
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from multidict import CIMultiDict
from support.child import Child, serving
from support.errors import error_in
from support.hostile_requests import CANARY, all_requests
from support.raw_http import RawAnswer, exchange, parsed, wire

from gateway.connections import LINGER

QUICK = {"server": {"port": 0, "head_timeout": 1, "body_timeout": 1, "idle_timeout": 1, "write_timeout": 1}}
SLOWEST = 1 + LINGER + 2.0
"""Seconds: a body that does not come, then whatever its client still sends, and some for a busy machine."""
AT_ONCE = 128


class Heard(NamedTuple):
    name: str
    answers: list[RawAnswer]
    seconds: float


async def heard(address: str, name: str, sent: bytes) -> Heard:
    started = time.perf_counter()
    async with wire(address) as line:
        with suppress(ConnectionError):  # it may have heard enough
            await line.send(sent)
        answers = list(split(await line.rest(within=2 * SLOWEST)))
    return Heard(name, answers, time.perf_counter() - started)


def split(answers: bytes) -> Iterator[RawAnswer]:
    """One after another, each by its own length."""
    while answers:
        head, mark, rest = answers.partition(b"\r\n\r\n")
        found = parsed(head + mark)
        size = int(found.headers.get("Content-Length", "0"))
        yield RawAnswer(found.status, found.reason, CIMultiDict(found.headers), rest[:size])
        answers = rest[size:]


def faults(one: Heard) -> Iterator[str]:
    """What is wrong with the answers to one request."""
    if one.seconds > SLOWEST:
        yield f"took {one.seconds:.1f} s"
    final = [answer for answer in one.answers if answer.status >= 200]
    for answer in final:
        if answer.status >= 500:
            yield f"status {answer.status}"
        if answer.status >= 400 and answer.body:
            error_in(json.loads(answer.body))
        if CANARY in answer.body or CANARY.decode() in answer.reason:
            yield "an echo"
        if b"Traceback" in answer.body or b"gateway/" in answer.body or "Server" in answer.headers:
            yield "tells of the inside"
    if len(final) > 1:
        yield f"{len(final)} answers"


@pytest.fixture
async def log_and_answers(tmp_path: Path) -> tuple[list[str], list[Heard], dict[str, bytes]]:
    requests, places = all_requests(), asyncio.Semaphore(AT_ONCE)

    async def one(child: Child, name: str) -> Heard:
        async with places:
            return await heard(child.address, name, requests[name])

    async with serving(tmp_path, QUICK) as child:
        answers = await asyncio.gather(*(one(child, name) for name in requests))
        alive = await exchange(
            child.address, b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        assert alive.status == 200
        return child.log(), answers, requests


async def test_hostile_requests_are_refused_and_nothing_else(
    log_and_answers: tuple[list[str], list[Heard], dict[str, bytes]],
) -> None:
    log, answers, requests = log_and_answers
    found = {one.name: list(faults(one)) for one in answers}
    statuses = [answer.status for one in answers for answer in one.answers]

    sys.stdout.write(
        f"\n  {len(answers)} hostile requests: {sum(status >= 500 for status in statuses)} 5xx,"
        f" {sum(not one.answers for one in answers)} closed without an answer,"
        f" slowest {max(one.seconds for one in answers):.2f} s, {len(log)} lines logged\n"
    )
    assert len(requests) >= 400
    assert {name: (faults_, requests[name][:200]) for name, faults_ in found.items() if faults_} == {}
    assert [line for line in log if " error " in line or "traceback" in line.lower()] == []
    assert all(line.isascii() and line.isprintable() for line in log)
