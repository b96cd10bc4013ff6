"""How the cost of a request grows: with the picture's size, with the number at once, with the number of stored ones."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.measure import Pace, visit
from bench.mock import SHAPES, picture
from bench.requests import Asking, Contender
from bench.results import Result
from bench.servers import Servers

CONCURRENCIES = (1, 8, 32, 128)
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines of one chart: by name, points from left to right."""

    title: str
    across: str
    upwards: str
    lines: Mapping[str, Sequence[tuple[float, float]]]


def by_size(servers: Servers, pace: Pace, kinds: Iterable[str] = tuple(SHAPES)) -> Curve:
    ask = Asking(servers.upstream).generation
    points = [
        (
            len(picture(kind)) / 1000,
            AT_ONCE,
            {
                "floor, passes on": ask("proxy", kind),
                "gateway, b64_json": ask("gateway", kind, response_format="b64_json"),
                "gateway, hosted": ask("gateway", kind),
                **{rival: ask(rival, kind) for rival in servers.rivals},
            },
        )
        for kind in kinds
    ]
    lines = _cost(servers, pace, points)
    return Curve(f"Cost by size of the picture, {AT_ONCE} at once", "KB of picture", "CPU ms a request", lines)


def by_concurrency(servers: Servers, pace: Pace, connections: Iterable[int] = CONCURRENCIES) -> Curve:
    ask = Asking(servers.upstream).generation
    asked = {
        "floor, 1 KB": ask("proxy", "tiny"),
        "gateway, 1 KB as b64_json": ask("gateway", "tiny", response_format="b64_json"),
        "floor, 1.5 MB": ask("proxy", "big"),
        "gateway, 1.5 MB hosted": ask("gateway", "big"),
    }
    lines = _cost(servers, pace, [(at_once, at_once, asked) for at_once in connections])
    return Curve("Cost by requests at once", "requests at once", "CPU ms a request", lines)


def by_stored(results: Iterable[Result]) -> Curve:
    """From what job 14 has measured already."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for result in results:
        points = [(float(name.replace(" ", "")), result.middle(name)) for name in result.samples]
        lines[result.title.partition(",")[0]] = [(count, took) for count, took in points if took is not None]
    return Curve("Time by number of stored pictures", "stored pictures", "ms", lines)


def _cost(
    servers: Servers, pace: Pace, points: Sequence[tuple[float, int, Mapping[str, Contender]]]
) -> dict[str, list[tuple[float, float]]]:
    """CPU of the median round: for each point its place, how many ask at once, and whom."""
    found: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(pace.rounds):
        for place, connections, contenders in points:
            for name, contender in contenders.items():
                sample = visit(servers, contender, connections, pace.seconds)
                if "cpu" in sample:
                    found[name][place].append(sample["cpu"])
        sys.stderr.write(f"curves: round {turn + 1} of {pace.rounds}\n")
    return {name: [(place, median(values)) for place, values in line.items()] for name, line in found.items()}
