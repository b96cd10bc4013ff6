"""What an instruction was understood to ask for, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gateway.imaging.editing.geometry import LARGEST_RESULT
from gateway.imaging.editing.operation import Details, Operation

_COPIES = 8
"""Pictures that the hungriest operation holds at a time, the first picture and the result among them."""
MOST_STEPS = 16
"""Operations in one instruction; each costs up to a quarter of a second on a picture of a megapixel."""


class Reason(StrEnum):
    """Why something that was understood is left undone."""

    MASK = "Not possible inside a mask"
    PICTURES = "Not possible without a second picture"
    LIMIT = f"More than {MOST_STEPS} steps at once"


@dataclass(frozen=True, slots=True)
class Step:
    operation: Operation
    details: Details
    clause: str
    """The words that asked for it."""

    @property
    def said(self) -> str:
        return self.operation.says(self.details)


@dataclass(frozen=True, slots=True)
class Undone:
    clause: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...]
    unread: tuple[str, ...]
    """Clauses, or ends of clauses, that were not understood."""
    undone: tuple[Undone, ...] = ()
    """Clauses that were understood and cannot be done."""

    @property
    def is_complete(self) -> bool:
        """Everything that was asked is done."""
        return not self.unread and not self.undone

    @property
    def grades(self) -> bool:
        """Nothing that was asked can be done, so that a visible grade takes its place."""
        return not self.steps and not self.is_complete

    @property
    def seed(self) -> str:
        """What decides the grade."""
        return "\n".join((*self.unread, *(undone.clause for undone in self.undone)))

    def working_pixels(self, pixels: int) -> int:
        """How many pixels are held at a time when the first picture has so many; for budgets of memory."""
        enlarges = any(step.operation.enlarges for step in self.steps)
        return _COPIES * (max(pixels, LARGEST_RESULT) if enlarges else pixels)

    def fitted(self, *, pictures: int, masked: bool) -> Plan:
        """The plan that can be done with so many pictures: what needs more, or the shape under a mask, is undone."""
        possible: list[Step] = []
        undone = list(self.undone)
        for step in self.steps:
            reason = _obstacle(step.operation, pictures=pictures, masked=masked)
            if reason is None:
                possible.append(step)
            else:
                undone.append(Undone(step.clause, reason))
        return Plan(tuple(possible), self.unread, tuple(undone))

    def describe(self) -> str:
        """Plain sentences: what was done, what was not, and whether a grade took its place."""
        if not self.steps and self.is_complete:
            return "Nothing was asked to be changed."
        sentences = [_done(self.steps)] if self.steps else []
        sentences += _left("Not understood by the local renderer", self.unread)
        for reason in Reason:
            sentences += _left(reason.value, [undone.clause for undone in self.undone if undone.reason is reason])
        if self.grades:
            sentences[-1] = sentences[-1].removesuffix(".") + "; a visible grade was applied instead."
        return " ".join(sentences)


def _obstacle(operation: Operation, *, pictures: int, masked: bool) -> Reason | None:
    if masked and operation.reshapes:
        return Reason.MASK
    return Reason.PICTURES if pictures < operation.pictures else None


def _done(steps: Sequence[Step]) -> str:
    said = "; ".join(step.said for step in steps)
    return said[:1].upper() + said[1:] + "."


def _left(reason: str, clauses: Sequence[str]) -> list[str]:
    if not clauses:
        return []
    quoted = ", ".join(f"'{clause}'" for clause in clauses)
    return [f"{reason}, left undone: {quoted}."]
