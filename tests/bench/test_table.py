"""The table says who, how much, by how much more, and whether that is within the target."""

from __future__ import annotations

import pytest

from bench.results import Result, Target
from bench.table import HEAD, missed, number, render

JOB = Result(
    4,
    "1.5 MB hosted",
    "cpu",
    {
        "floor": [{"cpu": 2.0, "rate": 100, "errors": 0}, {"cpu": 4.0, "rate": 120, "errors": 1}],
        "gateway": [{"cpu": 3.0, "rate": 90, "errors": 0}, {"cpu": 6.0, "rate": 90, "errors": 0}],
        "litellm": [{"errors": 7}],
    },
    [Target(1.8, "floor"), Target(5, "litellm", "rate", least=True), Target(2)],
)


def rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in [*HEAD.splitlines(), *render(JOB).splitlines()]
    ]


def test_every_row_has_every_column() -> None:
    assert {len(row) for row in rows()} == {11}


def test_the_first_is_held_against_nobody_and_the_others_against_it() -> None:
    _, _, floor, gateway, _ = rows()
    assert floor == ["4", "1.5 MB hosted", "floor", "3.00 ms", "2.00 to 4.00", "", "", "", "110", "1", ""]
    assert gateway[:6] == ["4", "1.5 MB hosted", "gateway", "4.50 ms", "3.00 to 6.00", "1.50 (1.50 to 1.50)"]


def test_each_target_is_said_with_what_was_found() -> None:
    said = "at most 1.8 x floor: 1.50, met; at least 5 x the requests/s of litellm: not measured; at most 2 ms: 4.50"
    assert rows()[3][-1] == f"{said}, MISSED"
    assert missed([JOB]) == ["4 1.5 MB hosted: at most 2 ms: 4.50, MISSED"]


def test_who_gave_no_good_answer_has_no_figure() -> None:
    assert rows()[4][3:] == ["no good answer", "", "", "", "", "", "7", ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.00"), (0.04444, "0.0444"), (1.2345, "1.23"), (9.999, "10.0"), (65.91, "65.9"), (1234.5, "1234")],
)
def test_numbers_have_three_digits_that_matter(value: float, text: str) -> None:
    assert number(value) == text
