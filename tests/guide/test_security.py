"""The page about security: every threat is there, with its defence and with tests that exist and name it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.guide.pages import guide

ROOT = Path(__file__).parents[2]
PAGE = guide().pages["security"].text
COUNTS = {"S": 12, "I": 6, "R": 8, "H": 9, "U": 11, "L": 4}
"""How many threats there are of each kind."""
IDS = [f"{kind}{number}" for kind, count in COUNTS.items() for number in range(1, count + 1)]
ROW = re.compile(r"^\| ([SIRHUL]\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")


class Row(NamedTuple):
    id: str
    threat: str
    defences: list[str]
    tests: list[str]


ROWS = [Row(id_, threat, CODE.findall(defence), CODE.findall(test)) for id_, threat, defence, test in ROW.findall(PAGE)]


@cache
def docstrings(file: str) -> dict[str, str]:
    """Of each test in a file, with that of its module in front."""
    tree = ast.parse((ROOT / file).read_text())
    whole = ast.get_docstring(tree) or ""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name: f"{whole} {ast.get_docstring(function) or ''}" for function in functions}


def test_every_threat_is_there_once_and_in_order() -> None:
    assert [row.id for row in ROWS] == IDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_threat_is_answered_and_proven(row: Row) -> None:
    assert len(row.threat) > 10
    assert row.defences
    assert row.tests
    assert [file for file in row.defences if not (ROOT / file).exists()] == []
    for test in row.tests:
        file, _, name = test.partition("::")
        assert name.startswith("test_")
        assert name in docstrings(file), test
        assert re.search(rf"\b{row.id}\b", docstrings(file)[name]), f"{test} does not say that it stands for {row.id}"


def commands() -> Iterator[str]:
    yield from re.findall(r"^\| .*`([^`]*tests/[^`]*)` \|$", PAGE.partition("## Figures")[2], re.MULTILINE)


def test_every_figure_has_a_command_that_there_is() -> None:
    files = [part for command in commands() for part in command.split() if part.startswith("tests/")]

    assert len(files) >= 12
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_what_is_promised_and_how_to_report_is_said_where_it_is_looked_for() -> None:
    text = (ROOT / "SECURITY.md").read_text()

    assert [title for title in ("Promised", "Not promised", "Reporting") if f"\n## {title}" not in text] == []
