"""One clause that asks for something: which operations it means, or that it is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.imaging.editing.clauses import Clause, Item
from gateway.imaging.editing.details import gather
from gateway.imaging.editing.lexicon import Call, Meaning
from gateway.imaging.editing.meanings import Direction, Mark, Verb
from gateway.imaging.editing.plan import Step
from gateway.imaging.editing.vocabulary import VOCABULARY

_IMPLIED = tuple(operation for operation in VOCABULARY if operation.implied is not None)
_NARROWING = frozenset({Mark.OBSTACLE, Mark.REST})


@dataclass(frozen=True, slots=True)
class Understood:
    steps: tuple[Step, ...]
    leftovers: tuple[str, ...] = ()
    """Ends of the clause that say more than was understood."""


@dataclass(frozen=True, slots=True)
class _Segment:
    """The part of a clause that belongs to one call."""

    call: Call
    before: tuple[Item, ...]
    after: tuple[Item, ...]


def interpret(clause: Clause, verb: Verb | None, direction: Direction | None, *, said: bool) -> Understood | None:
    """All of the clause or nothing, for half of it may mean something else.

    `verb` and `direction` may come from the clause before. `said` is whether the clause speaks of the picture, so
    that a bare adjective means it.
    """
    if not _NARROWING.isdisjoint(clause.all(Mark)):
        return None
    if not clause.all(Call):
        return _implied(clause, verb) if said and clause.is_understood else None
    segments = _segments(clause.items)
    if segments is None or (not said and any(segment.call.is_adjective for segment in segments)):
        return None
    parts = [_part(segment, clause, direction) for segment in segments]
    understood = [part for part in parts if part is not None]
    if len(understood) < len(parts):
        return None
    return Understood(
        tuple(step for part in understood for step in part.steps),
        tuple(leftover for part in understood for leftover in part.leftovers),
    )


def _implied(clause: Clause, verb: Verb | None) -> Understood | None:
    """The operation that the details alone mean."""
    meanings = [meaning for item in clause.items for meaning in item.meanings]
    for operation in _IMPLIED:
        details = gather(Call(operation, 1, ""), meanings)
        if details is not None and operation.implied is not None and operation.implied(verb, details):
            return Understood((Step(operation, details, clause.text),))
    return None


def _segments(items: Sequence[Item]) -> list[_Segment] | None:
    """One segment a call; None where two calls stand together in a way that is not understood."""
    called = [(at, word) for at, item in enumerate(items) for word in item.meanings if isinstance(word, Call)]
    segments: list[_Segment] = []
    start = 0
    for (at, call), (next_at, following) in pairwise(called):
        between = items[at + 1 : next_at]
        if _describes(call, following, between):
            continue
        cut = _cut(call, following, between)
        if cut is None:
            return None
        segments.append(_segment(call, items, start, at, at + 1 + cut))
        start = at + 1 + cut
    at, call = called[-1]
    return [*segments, _segment(call, items, start, at, len(items))]


def _segment(call: Call, items: Sequence[Item], start: int, at: int, end: int) -> _Segment:
    """What the call's own phrase says beside it ("half size") counts with what stands before."""
    rest = tuple(word for word in items[at].meanings if word != call)
    own = (Item(rest, items[at].start, items[at].end),) if rest else ()
    return _Segment(call, (*items[start:at], *own), tuple(items[at + 1 : end]))


def _describes(call: Call, following: Call, between: Sequence[Item]) -> bool:
    """The call only describes the next one: "bright rainbow", or "frame it with a white border"."""
    if call.operation is following.operation:
        return call.sign == following.sign
    return call.is_adjective and following.operation.adds and _chain(between) is None


def _cut(call: Call, following: Call, between: Sequence[Item]) -> int | None:
    """How much of what stands between two calls belongs to the first; None if they cannot be told apart."""
    if call.operation is following.operation:
        return None
    chain = _chain(between)
    if chain is not None:
        return chain
    # Two changes of the whole picture in a row are both done: "a black and white sketch".
    return None if call.operation.adds or following.operation.adds else 0


def _chain(items: Sequence[Item]) -> int | None:
    return next((at for at, item in enumerate(items) if Mark.CHAIN in item.meanings), None)


def _part(segment: _Segment, clause: Clause, direction: Direction | None) -> Understood | None:
    known = _known_length(segment)
    if known is None or not all(item.meanings for item in segment.before):
        return None
    items = (*segment.before, *segment.after[:known])
    meanings: list[Meaning] = [meaning for item in items for meaning in item.meanings]
    if direction is not None and segment.call.is_quantity and not clause.all(Direction):
        meanings.append(direction)
    details = gather(segment.call, meanings)
    if details is None:
        return None
    tail = segment.after[known:]
    leftovers = (clause.words(tail[0], tail[-1]),) if tail else ()
    return Understood((Step(segment.call.operation, details, clause.text),), leftovers)


def _known_length(segment: _Segment) -> int | None:
    """How many items after the call are understood; the rest says more about what is added.

    That rest begins at a preposition: "a rainbow over the mill" is a rainbow, "a rain coat" is not rain.
    """
    unknown = next((at for at, item in enumerate(segment.after) if not item.meanings), None)
    if unknown is None:
        return len(segment.after)
    if not segment.call.operation.adds:
        return None
    return max((at for at in range(unknown) if segment.after[at].is_connector), default=None)
