"""Run every job, interleaved, and print one table of medians, spreads, ratios and targets."""

from __future__ import annotations

import argparse
import json
import logging
import resource
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bench import rivals
from bench.conditions import conditions, machine_load
from bench.curves import Curve, by_concurrency, by_size, by_stored
from bench.inside import conversions
from bench.jobs import jobs
from bench.measure import Pace, measure
from bench.nginx import nginx_is_there
from bench.plot import plot
from bench.requests import Asking
from bench.resting import resting
from bench.results import Result
from bench.servers import Servers, started
from bench.stored import TIMES, stored
from bench.table import HEAD, missed, render

RESTS = 3.0
"""Seconds for which a server is watched that has nothing to do."""


def main() -> None:
    options = _parser().parse_args()
    pace = Pace(1, 0.1) if options.quick else Pace(options.rounds, options.seconds)
    _allow_many_connections()
    logging.basicConfig(level=logging.ERROR)  # what the gateway's own parts say in this process
    print(f"{conditions(dict(options.rival))}\n{pace.rounds} rounds of {pace.seconds} s; {machine_load()}\n\n{HEAD}")
    curves: list[Curve] = []
    results = []
    for result in _results(options, pace, curves):
        results.append(result)
        print(render(result), flush=True)
    print(f"\n{machine_load()}\nmissed:", *missed(results), sep="\n")
    if options.out:
        _save(results, curves, options.out)


def _results(options: argparse.Namespace, pace: Pace, curves: list[Curve]) -> Iterator[Result]:
    """Job by job; what is measured beside them is added to `curves`."""
    only = {int(number) for number in options.only.split(",") if number}
    with started(dict(options.rival)) as servers:
        yield from _outside(servers, pace, only, quick=options.quick)
        if options.out:
            curves += _curves(servers, pace, quick=options.quick)
    yield from _inside(pace.rounds, only, (10, 20) if options.quick else options.stored, 3 if options.quick else TIMES)


def _outside(servers: Servers, pace: Pace, only: set[int], *, quick: bool) -> Iterator[Result]:
    """Jobs 1 to 12: what servers do over HTTP."""
    hosted = {kind: servers.hosted(kind) for kind in ("tiny", "big")}
    for job in jobs(Asking(servers.upstream), hosted, servers.rivals, nginx=nginx_is_there()):
        if _wanted(job.number, only) and not (quick and job.burst):
            yield measure(servers, job, pace)
    if _wanted(12, only):
        yield from resting(servers, pace.rounds, pace.seconds if quick else RESTS)


def _curves(servers: Servers, pace: Pace, *, quick: bool) -> list[Curve]:
    if quick:
        return [by_size(servers, pace, ["tiny"]), by_concurrency(servers, pace, [1])]
    return [by_size(servers, pace), by_concurrency(servers, pace)]


def _inside(rounds: int, only: set[int], counts: Sequence[int], times: int) -> Iterator[Result]:
    """Jobs 13 and 14, once the servers are gone: they would take their part of the CPU."""
    if _wanted(13, only):
        yield from conversions(rounds)
    if _wanted(14, only):
        yield from stored(counts, rounds, times)


def _save(results: Sequence[Result], curves: Sequence[Curve], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [*curves, by_stored(result for result in results if result.number == 14)]  # noqa: PLR2004 - job 14
    plot(drawn, results, folder / "plot.png")
    whole = {"results": [asdict(result) for result in results], "curves": [asdict(curve) for curve in drawn]}
    (folder / "samples.json").write_text(json.dumps(whole, indent=1))


def _wanted(number: int, only: set[int]) -> bool:
    return not only or number in only


def _allow_many_connections() -> None:
    """A thousand calls at once are two thousand connections of one process; children inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each visit")
    parser.add_argument("--only", default="", help="numbers of jobs, such as 1,3,4")
    parser.add_argument("--stored", type=_numbers, default=(1000, 10_000, 100_000), help="numbers of pictures, job 14")
    parser.add_argument("--rival", type=_rival, action="append", default=[], help=rivals.__doc__)
    parser.add_argument("--out", type=Path, help="folder for plot.png and samples.json")
    parser.add_argument("--quick", action="store_true", help="a smoke run: no figure of it means anything")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _rival(text: str) -> tuple[str, Path]:
    name, _, place = text.partition("=")
    if name not in rivals.RIVALS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(rivals.RIVALS)}")
    if not Path(place).is_file():
        raise argparse.ArgumentTypeError(f"{name}: there is no file {place!r}")
    return name, Path(place).absolute()


if __name__ == "__main__":
    main()
