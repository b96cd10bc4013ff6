"""Ratios are taken within a round, and targets are judged by their median."""

from __future__ import annotations

import pytest

from bench.results import Result, Target


def result(**values: list[float]) -> Result:
    figure = "p50" if "direct" in values else "cpu"
    samples = {name: [{figure: value} for value in found] for name, found in values.items()}
    return Result(1, "a job", figure, samples)


def test_a_ratio_is_of_one_round() -> None:
    assert result(floor=[1, 2, 4], gateway=[2, 4, 12]).ratios("gateway", "floor") == [2, 2, 3]


def test_what_the_mock_takes_is_taken_off_both() -> None:
    found = result(direct=[1, 1], floor=[2, 3], gateway=[3, 4])
    assert found.base == "floor"
    assert found.ratios("gateway", "floor") == [2, 1.5]


def test_a_round_in_which_the_floor_added_nothing_has_no_ratio() -> None:
    assert result(direct=[2, 1], floor=[2, 2], gateway=[3, 3]).ratios("gateway", "floor") == [2]


def test_who_was_measured_in_fewer_rounds_is_compared_in_those() -> None:
    assert result(floor=[1, 2, 4], gateway=[1, 1, 1], litellm=[10]).ratios("litellm", "floor") == [10]


def test_a_round_without_a_good_answer_counts_for_nothing() -> None:
    found = Result(1, "a job", "cpu", {"floor": [{"cpu": 1}, {"cpu": 1}], "gateway": [{"errors": 3}, {"cpu": 2}]})
    assert found.values("gateway") == [2]
    assert found.ratios("gateway", "floor") == [2]


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target(1.7, "floor"), (1.5, True)),
        (Target(1.4, "floor"), (1.5, False)),
        (Target(2), (3, False)),
        (Target(5, "litellm"), None),
        (Target(1, "floor", least=True), (1.5, True)),
        (Target(2, "floor", least=True), (1.5, False)),
    ],
)
def test_a_target_is_met_missed_or_not_measured(target: Target, verdict: tuple[float, bool] | None) -> None:
    assert result(floor=[2, 2, 2], gateway=[2, 3, 4]).verdict(target) == verdict
