"""Job 12: how long a server takes to its first connection, and what it holds and uses with nothing to do."""

from __future__ import annotations

import time
from collections import defaultdict

from bench.results import Result, Sample, Target
from bench.servers import Servers

SETTLES = 1.0
"""Seconds that are left to what a server still does after it has started."""


def resting(servers: Servers, rounds: int, seconds: float) -> list[Result]:
    """Each contender is started anew in each round, rivals in the first one: beside those that run already and rest."""
    names = {"floor": "proxy", "gateway": "gateway", **{name: name for name in servers.rivals}}
    samples: dict[str, list[Sample]] = defaultdict(list)
    for turn in range(rounds):
        for name, server in names.items():
            if turn and name in servers.rivals:
                continue
            with servers.fresh(server) as child:
                time.sleep(min(SETTLES, seconds))
                before = child.cpu()
                time.sleep(seconds)
                used = (child.cpu() - before) / seconds * 1e3
                samples[name].append({"start": child.start, "resident": child.resident(), "idle": used})
    found = dict(samples)
    return [
        Result(12, "start to ready", "start", found, [Target(2, "floor")]),
        Result(12, "memory at rest", "resident", found, [Target(65)]),
        Result(12, "CPU at rest", "idle", found, [Target(1)]),
    ]
