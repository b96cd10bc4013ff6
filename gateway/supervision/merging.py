"""The metrics of several processes as those of one: counters never fall, also when a process is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from prometheus_client import Metric

from gateway.metrics import Metrics

Family: TypeAlias = dict[str, Any]
"""A metric with its samples, as JSON holds it."""
Snapshot: TypeAlias = list[Family]

_COMBINED: Mapping[str, Callable[[float, float], float]] = MappingProxyType(
    {"sum": lambda one, other: one + other, "max": max, "min": min}
)


def snapshot(metrics: Metrics) -> Snapshot:
    """What one process counts now. Exemplars stay behind: of several processes nobody could say whose they were."""
    return [
        {
            "name": family.name,
            "help": family.documentation,
            "type": family.type,
            "across": metrics.across(family.name),
            "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
        }
        for family in metrics.registry.collect()
    ]


class Ledger:
    """Remembers of each process what it said last, and of those that are gone what they had counted.

    Whatever was ever given out is remembered, so nothing that was counted once is given out as less.
    """

    def __init__(self) -> None:
        self._last: dict[int, Snapshot] = {}
        self._gone: Snapshot = []

    def note(self, process: int, said: Snapshot) -> None:
        self._last[process] = said

    def gone(self, process: int) -> None:
        """Its gauges go with it; what it did has happened."""
        said = self._last.pop(process, [])
        self._gone = _merged([self._gone, [family for family in said if family["type"] != "gauge"]])

    def total(self) -> Snapshot:
        return _merged([*self._last.values(), self._gone])


def _merged(snapshots: Iterable[Snapshot]) -> Snapshot:
    families: dict[str, Family] = {}
    values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], float]] = {}
    for family in (family for said in snapshots for family in said):
        name = family["name"]
        families.setdefault(name, family)
        found = values.setdefault(name, {})
        combine = _COMBINED[family["across"]]
        for sample, labels, value in family["samples"]:
            key = (sample, tuple(labels.items()))
            found[key] = combine(found[key], value) if key in found else value
    return [
        {**family, "samples": [[sample, dict(labels), value] for (sample, labels), value in values[name].items()]}
        for name, family in families.items()
    ]


class Merged:
    """A snapshot as Prometheus' library writes out a registry."""

    def __init__(self, said: Snapshot) -> None:
        self._said = said

    def collect(self) -> Iterator[Metric]:
        for family in self._said:
            metric = Metric(family["name"], family["help"], family["type"])
            for sample, labels, value in family["samples"]:
                metric.add_sample(sample, labels, value)
            yield metric
