"""How hard a property is tried: briefly in every run of the suite, for long on demand (`-m fuzz`)."""

from __future__ import annotations

import os
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisWarning
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from hypothesis.strategies import SearchStrategy

SEED = int(os.environ.get("FUZZ_SEED", "20261127"))
"""What is tried follows from it alone, so a failure comes back; another one tries other things."""


@dataclass(frozen=True, slots=True)
class Effort:
    name: str
    times: int
    """As often as in a brief run."""

    def check(self, examples: int, holds: Callable[..., None], **drawn: SearchStrategy[Any]) -> None:
        """Call `holds` with so many examples of what is `drawn`, or more; the smallest that fails is told."""
        with warnings.catch_warnings():
            # A failure with a long body is told with all of it; as an error, this would stand in its place.
            warnings.filterwarnings("ignore", "Generating overly large repr", HypothesisWarning)
            seed(SEED)(self._settings(examples)(given(**drawn)(holds)))()

    def run(self, machine: type[RuleBasedStateMachine], examples: int, *, steps: int = 50) -> None:
        """Let `machine` go so many ways of at most so many steps, or more."""
        run_state_machine_as_test(
            seed(SEED)(machine), settings=settings(self._settings(examples), stateful_step_count=steps)
        )

    def rounds(self, brief: int) -> range:
        return range(brief * self.times)

    def dice(self, purpose: str) -> random.Random:
        return random.Random(f"{SEED} {purpose}")

    def _settings(self, examples: int) -> settings:
        # An example is bounded by its own time-outs; a database would make runs differ from one another.
        return settings(
            max_examples=examples * self.times,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],  # an explanation takes longer than to look
            suppress_health_check=list(HealthCheck),
        )

    def __str__(self) -> str:
        return self.name


BRIEF, LONG = Effort("brief", 1), Effort("long", 30)
