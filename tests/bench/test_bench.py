"""The harness runs; what its figures are is no matter of a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="the harness reads /proc: run it on Linux")
def test_a_smoke_run_prints_the_table_and_draws_the_plot(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--quick", "--only", "1,9", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if line.startswith(("| 1 |", "| 9 |"))]
    assert {row.split("|")[3].strip() for row in rows} >= {"floor", "memory", "gateway"}
    assert all(row.split("|")[9].strip() == "0" for row in rows), done.stdout  # no errors
    assert (tmp_path / "plot.png").stat().st_size > 1000
