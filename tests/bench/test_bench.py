"""The harness runs; what its figures are is no matter of a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the harness reads /proc: run it on Linux")


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)  # noqa: S603


@LINUX
def test_a_smoke_run_prints_the_table_and_draws_the_plot(tmp_path: Path) -> None:
    done = bench("--quick", "--only", "1,14", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.split("|")] for line in done.stdout.splitlines() if line.startswith("| ")]
    measured = [row for row in rows if row[1] == "1"]
    assert {row[3] for row in measured} == {"floor", "gateway"}
    assert all(row[10] == "0" for row in measured), done.stdout  # no errors
    assert {"storing one, by pictures stored", "sweeping one, by pictures stored"} <= {row[2] for row in rows}
    assert "aiohttp" in done.stdout
    assert (tmp_path / "plot.png").stat().st_size > 10_000
    saved = json.loads((tmp_path / "samples.json").read_text())
    assert {result["number"] for result in saved["results"]} == {1, 14}
    assert all(points for curve in saved["curves"] for points in curve["lines"].values())


def test_a_rival_that_is_not_there_is_named() -> None:
    done = bench("--rival", "litellm=/nowhere/litellm")
    assert done.returncode == 2
    assert "litellm: there is no file '/nowhere/litellm'" in done.stderr
