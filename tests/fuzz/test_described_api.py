"""Schemathesis against a live gateway: whatever the definitions describe, ours and the published one, is answered so.

It runs as the program that it is, in a process of its own, so its plugin and its warnings are none of this suite.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.effort import BRIEF, SEED, Effort

TESTS = Path(__file__).parents[1]
PUBLISHED = TESTS / "openapi/published.json"
OF_PUBLISHED = [
    # It names three statuses of refusals, and knows no extension: other sizes, a second name for a field, a stream.
    "--exclude-checks=status_code_conformance,negative_data_rejection,unsupported_method",
]
BRIEFLY = {
    # The many fields of the others take minutes.
    "ours": ["retrieveModel", "upscaleImageGet", "serveImage"],
    "published": ["listModels", "upscaleImageGet"],
}
PATIENCE = 600
"""Seconds."""
SETTINGS = """
hooks = "support.schemathesis_hooks"
request-timeout = 10
continue-on-failure = true
max-stream-events = 100
[output.sanitization]
enabled = false
[cache]
enabled = false
[phases.stateful]
enabled = false
"""


@pytest.mark.parametrize("definition", ["ours", "published"])
def test_the_gateway_is_what_its_definition_says(
    effort: Effort, address: str, hosted: str, definition: str, tmp_path: Path
) -> None:
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    source = [f"{address}/openapi.json"] if definition == "ours" else [str(PUBLISHED), "--url", address, *OF_PUBLISHED]
    chosen = [f"--include-operation-id={name}" for name in BRIEFLY[definition]] if effort is BRIEF else []
    limits = [f"--max-examples={max(2, effort.times // 2)}", f"--seed={SEED}", "--phases=examples,coverage,fuzzing"]

    done = subprocess.run(  # noqa: S603 - the program that came with the tests
        [str(Path(sys.executable).parent / "st"), "run", *source, *chosen, *limits, "--no-shrink"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TESTS), "NO_COLOR": "1", "HOSTED": hosted},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "No issues found" in done.stdout or "passed" in done.stdout
