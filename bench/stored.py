"""Job 14, in this process: what one picture costs to store, serve and sweep as the number of stored ones grows."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.results import Result, Sample, Target
from gateway.blob import MemoryBlob
from gateway.clock import SystemClock, system_random
from gateway.hosting.names import HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Draft
from gateway.hosting.stores.filesystem import FileStore
from gateway.images import ImageFormat, Operation

KEPT = 86_400
"""Seconds."""
MINUTE = 60
"""Seconds; the grain of the store's directories."""
STARTS = 9
FLAT = 1.3
"""Times the cost with the least number of pictures."""
TIMES = 60
"""How often each thing is done in a round; its median counts."""


def stored(counts: Sequence[int], rounds: int, times: int) -> list[Result]:
    """One result for each thing that is done; its contenders are the numbers of pictures."""
    with TemporaryDirectory(prefix="stored-") as folder:
        samples = asyncio.run(_grown(Path(folder), counts, rounds, times))
    most = _name(max(counts))
    return [
        Result(14, f"{what}, by pictures stored", "took", dict(by_count), [Target(FLAT, _name(min(counts)))], most)
        for what, by_count in samples.items()
    ]


class HurriedClock(SystemClock):
    """Skips a minute when told, so that one picture more has expired."""

    skipped = 0

    def time(self) -> float:
        return super().time() + self.skipped

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped


async def _grown(folder: Path, counts: Sequence[int], rounds: int, times: int) -> dict[str, dict[str, list[Sample]]]:
    samples: dict[str, dict[str, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    clock = HurriedClock()
    roots = {_name(count): folder / _name(count) for count in sorted(counts)}
    for name, count in zip(roots, sorted(counts), strict=True):
        _seed(roots[name], count, times * rounds)
        store = _store(roots[name], clock)
        await store.open()
        await store.recount()  # a store that was closed in order knows its totals
        await store.close()
    for _ in range(rounds):
        for name, took in (await _starts(roots, clock)).items():
            samples["starting"][name].append({"took": median(took)})
        stores = {name: _store(root, clock) for name, root in roots.items()}
        for store in stores.values():
            await store.open()
        for what, by_count in (await _interleaved(stores, clock, times)).items():
            for name, took in by_count.items():
                samples[what][name].append({"took": median(took)})
        for store in stores.values():
            await store.close()
    return samples


async def _starts(roots: Mapping[str, Path], clock: HurriedClock) -> dict[str, list[float]]:
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(STARTS):
        for name, root in roots.items():
            store = _store(root, clock)
            times[name].append(await _took(store.open))
            await store.close()
    return times


async def _interleaved(
    stores: Mapping[str, FileStore], clock: HurriedClock, times: int
) -> dict[str, dict[str, list[float]]]:
    """Each thing to each store in turn, so that a slow moment of the disk touches all alike."""
    took: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(times):
        clock.skipped += MINUTE
        draft = Draft(MemoryBlob(turn.to_bytes(1000)), Operation.GENERATE, ImageFormat.PNG)
        for name, store in stores.items():
            began = time.perf_counter()
            picture = await store.put(draft)
            took["storing one"][name].append((time.perf_counter() - began) * 1e3)
            took["serving one"][name].append(await _took(partial(_read, store, picture)))
            took["sweeping one"][name].append(await _took(store.sweep))
    return took


async def _read(store: FileStore, name: HostedName) -> None:
    picture = await store.get(name)
    if picture is None:
        raise RuntimeError(f"{name} was stored and is not there")
    async with picture:
        await picture.load()


async def _took(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return (time.perf_counter() - began) * 1e3


def _store(root: Path, clock: HurriedClock) -> FileStore:
    return FileStore(root, Retention(KEPT, 10**12), clock=clock, random_bytes=system_random)


def _seed(root: Path, count: int, expiring: int) -> None:
    """Empty files by names that the store makes, over the last twenty hours: only their number matters.

    So many more are about to expire, one a minute.
    """
    now = int(time.time())
    for index in range(count):
        _place(root, now - 300 - index * 72_000 // count)
    for index in range(expiring):
        _place(root, now - KEPT + index * MINUTE)


def _place(root: Path, moment: int) -> None:
    name = HostedName.make(moment, system_random, "00" * 32, Operation.GENERATE, ImageFormat.PNG)
    folder = root / time.strftime("%Y%m%d/%H%M", time.gmtime(moment))
    try:
        (folder / str(name)).touch()
    except FileNotFoundError:
        folder.mkdir(parents=True)
        (folder / str(name)).touch()


def _name(count: int) -> str:
    return f"{count:,}".replace(",", " ")
