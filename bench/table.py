"""The results as rows of one Markdown table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from bench.results import UNITS, Result, Target

HEAD = """| # | job | who | median | min to max | ratio | p99 ms | peak MB | requests/s | errors | target |
|---|---|---|---|---|---|---|---|---|---|---|"""


def render(result: Result) -> str:
    """The rows of one job, which go under `HEAD`."""
    return "\n".join(_rows(result))


def _rows(result: Result) -> Iterator[str]:
    for name in result.samples:
        cells = [
            str(result.number),
            result.title,
            name,
            *_figure(result, name),
            _ratio(result, name),
            *(_middle(result, name, figure) for figure in ("p99", "peak", "rate")),
            _errors(result, name),
            "; ".join(judged(result, target) for target in result.targets) if name == result.judged else "",
        ]
        yield f"| {' | '.join(cells)} |"


def _figure(result: Result, name: str) -> tuple[str, str]:
    values = result.values(name)
    if not values:
        return "no good answer", ""
    return f"{number(median(values))} {UNITS[result.figure]}", f"{number(min(values))} to {number(max(values))}"


def _ratio(result: Result, name: str) -> str:
    """Of the median round, with the least and the most."""
    if name in {"direct", result.base}:
        return ""
    found = result.ratios(name, result.base)
    return f"{median(found):.2f} ({min(found):.2f} to {max(found):.2f})" if found else ""


def _middle(result: Result, name: str, figure: str) -> str:
    value = result.middle(name, figure)
    return "" if value is None or figure == result.figure else number(value)


def _errors(result: Result, name: str) -> str:
    counts = [sample["errors"] for sample in result.samples[name] if "errors" in sample]
    return f"{sum(counts):.0f}" if counts else ""


def judged(result: Result, target: Target) -> str:
    """Such as `1.7 x floor: 1.62, met`."""
    found = result.verdict(target)
    said = _wanted(target, result.figure)
    if found is None:
        return f"{said}: not measured"
    value, met = found
    return f"{said}: {number(value)}, {'met' if met else 'MISSED'}"


def _wanted(target: Target, figure: str) -> str:
    bound = "at least " if target.least else "at most "
    unit = UNITS[target.figure or figure]
    kind = {"rate": "the requests/s of ", "peak": "the peak of "}.get(target.figure, "")
    return f"{bound}{target.limit:g} x {kind}{target.base}" if target.base else f"{bound}{target.limit:g} {unit}"


def number(value: float) -> str:
    """Three digits that matter."""
    magnitude = int(f"{value:.2e}".partition("e")[2])
    return f"{value:.{max(0, 2 - magnitude)}f}"


def missed(results: Sequence[Result]) -> list[str]:
    """The targets that were measured and not met, as sentences."""
    return [
        f"{result.number} {result.title}: {judged(result, target)}"
        for result in results
        for target in result.targets
        if (found := result.verdict(target)) and not found[1]
    ]
