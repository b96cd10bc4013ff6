"""Visit every contender of a job in turn, round by round, so that a drift of the machine touches all alike."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench import load
from bench.jobs import Job
from bench.processes import Child, python
from bench.requests import Contender
from bench.results import Result, Sample
from bench.servers import Servers

BURST_SECONDS = 60
"""After which a burst asks nothing more; answers may take as long again."""
ENDLESS = 10**9
"""Requests: the seconds end the visit."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often each contender is visited, and for how many seconds."""

    rounds: int
    seconds: float


def measure(servers: Servers, job: Job, pace: Pace) -> Result:
    """Rivals take part in the first round of a burst only: one can take minutes and gigabytes."""
    samples: dict[str, list[Sample]] = defaultdict(list)
    if not job.burst:
        for contender in job.contenders.values():
            visit(servers, contender, job.connections, min(0.5, pace.seconds))
    for turn in range(pace.rounds):
        for name, contender in job.contenders.items():
            if job.burst and turn and name in servers.rivals:
                continue
            samples[name].append(
                _burst(servers, contender, job.connections)
                if job.burst
                else visit(servers, contender, job.connections, pace.seconds)
            )
    return Result(job.number, job.title, job.figure, dict(samples), job.targets)


def _burst(servers: Servers, contender: Contender, connections: int) -> Sample:
    """To a server that nobody has asked before: memory that an earlier burst left in its allocator is not counted."""
    if contender.server == "direct":
        return visit(servers, contender, connections, BURST_SECONDS, connections)
    with servers.fresh(contender.server) as child:
        return _ask(child, contender, connections, BURST_SECONDS, connections, servers.cpus[1])


def visit(servers: Servers, contender: Contender, connections: int, seconds: float, most: int = ENDLESS) -> Sample:
    """Ask one server for so many seconds. Without a good answer there is nothing but the count of errors."""
    return _ask(servers[contender.server], contender, connections, seconds, most, servers.cpus[1])


def _ask(server: Child, contender: Contender, connections: int, seconds: float, most: int, cpu: int) -> Sample:
    address = f"http://127.0.0.1:{server.port}{contender.path}"
    request = load.http_request(contender.method, address, headers=dict(contender.headers), body=contender.body)
    server.forget_peak()
    before = server.cpu()
    options = {"port": server.port, "connections": connections, "most": most, "seconds": seconds}
    result = _load(request, options, cpu)
    used = server.cpu() - before
    errors = float(sum(result["errors"].values()))
    if not result["good"]:
        return {"errors": errors}
    return {
        "cpu": used / result["good"] * 1e3,
        "p50": result["p50"],
        "p99": result["p99"],
        "peak": server.peak(),
        "rate": result["good"] / result["seconds"],
        "errors": errors,
    }


def _load(request: bytes, options: dict[str, float], cpu: int) -> dict[str, Any]:
    words: Iterable[str] = (word for name, value in options.items() for word in (f"--{name}", str(value)))
    done = subprocess.run(  # noqa: S603 - this harness
        ["taskset", "-c", str(cpu), *python("bench.load", *words)], input=request, stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
