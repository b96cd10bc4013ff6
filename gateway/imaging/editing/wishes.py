"""Wishes to keep or to avoid something: whether they are true of what is done."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.imaging.editing.clauses import Clause
from gateway.imaging.editing.lexicon import Call
from gateway.imaging.editing.meanings import DETAILS, Aspect, Mark, Verb
from gateway.imaging.editing.plan import Step


def holds(wish: Clause, steps: Sequence[Step]) -> bool:
    """If it holds, nothing need be said about it; what is not understood does not hold."""
    if not wish.is_understood or Mark.OBSTACLE in wish.all(Mark) or any(map(wish.all, DETAILS)):
        return False
    verbs, calls, aspects, marks = wish.all(Verb), wish.all(Call), wish.all(Aspect), wish.all(Mark)
    if len(set(verbs) - {Verb.ADD, Verb.CHANGE}) > 1:
        return False  # "do not keep", "do not remove": a wish about a wish
    if any(call.word.startswith("too ") for call in calls):
        return False  # "not too dark" says how far to go
    if calls:
        done = {(step.operation.name, step.details.sign) for step in steps}
        return Verb.KEEP not in verbs and not any((call.operation.name, call.sign) in done for call in calls)
    if aspects:
        return not any(step.operation.changes & aspect for step in steps for aspect in aspects)
    return Mark.REST in marks or (Mark.TARGET in marks and not steps)
