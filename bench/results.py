"""What a run found, and how it is judged: samples, ratios of one round, and targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

UNITS = {
    "cpu": "ms",
    "p50": "ms",
    "p99": "ms",
    "took": "ms",
    "late": "ms",
    "peak": "MB",
    "resident": "MB",
    "start": "s",
    "idle": "ms/s",
    "rate": "/s",
}
"""Of each figure. `cpu` is the server's CPU a request, `idle` its CPU a second with nothing to do."""

Sample: TypeAlias = Mapping[str, float]
"""What one visit gave, by figure."""


@dataclass(frozen=True, slots=True)
class Target:
    """At most (or at least) so many times `base`'s figure; without a base, so much by itself."""

    limit: float
    base: str = ""
    figure: str = ""
    """Where it is not the one that the job is about."""
    least: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One job's samples by name. The first name is what the others are held against; `direct` is taken off both."""

    number: int
    title: str
    figure: str
    samples: Mapping[str, Sequence[Sample]]
    targets: Sequence[Target] = ()
    judged: str = "gateway"
    """Whom the targets are for."""

    @property
    def base(self) -> str:
        return next(name for name in self.samples if name != "direct")

    def values(self, name: str, figure: str = "") -> list[float]:
        """One a round; rounds in which no answer was good have none."""
        key = figure or self.figure
        return [sample[key] for sample in self.samples[name] if key in sample]

    def middle(self, name: str, figure: str = "") -> float | None:
        values = self.values(name, figure)
        return median(values) if values else None

    def ratios(self, name: str, base: str, figure: str = "") -> list[float]:
        """One a round, as both were measured within it."""
        key = figure or self.figure
        directs = self.samples.get("direct", ()) if key in {"p50", "p99"} else ()
        pairs = zip(self.samples[name], self.samples[base], strict=False)
        found = []
        for index, (mine, theirs) in enumerate(pairs):
            off = directs[index].get(key, 0.0) if index < len(directs) else 0.0
            if key in mine and key in theirs and theirs[key] > off:
                found.append((mine[key] - off) / (theirs[key] - off))
        return found

    def verdict(self, target: Target) -> tuple[float, bool] | None:
        """What the target is compared with, and whether it is met; None where one of the two was not measured."""
        key = target.figure or self.figure
        if target.base:
            known = self.judged in self.samples and target.base in self.samples
            found = self.ratios(self.judged, target.base, key) if known else []
        else:
            found = self.values(self.judged, key)
        if not found:
            return None
        value = median(found)
        return value, value >= target.limit if target.least else value <= target.limit
