from __future__ import annotations

import pytest

from gateway.imaging.editing import parse
from gateway.imaging.editing.geometry import LARGEST_RESULT
from gateway.imaging.editing.plan import Plan, Reason

DESCRIBED = {
    "Turn it to grayscale and flip it horizontally, make him smile": "Turned to grayscale; flipped left to right. Not "
    "understood by the local renderer, left undone: 'make him smile'.",
    "make it better": "Not understood by the local renderer, left undone: 'make it better'; a visible grade was "
    "applied instead.",
    "write 'a' and remove b, c": "Wrote 'a'. Not understood by the local renderer, left undone: 'remove b', 'c'.",
    "keep everything": "Nothing was asked to be changed.",
    "": "Nothing was asked to be changed.",
}


@pytest.mark.parametrize(("instruction", "said"), DESCRIBED.items(), ids=list(DESCRIBED))
def test_describes(instruction: str, said: str) -> None:
    assert parse(instruction).describe() == said


def test_shapes_cannot_change_under_a_mask() -> None:
    plan = parse("blur, crop to 16:9 and flip").fitted(pictures=1, masked=True)
    assert [step.operation.name for step in plan.steps] == ["blur"]
    assert [(undone.clause, undone.reason) for undone in plan.undone] == [
        ("crop to 16:9", Reason.MASK),
        ("flip", Reason.MASK),
    ]
    assert plan.describe() == "Blurred. Not possible inside a mask, left undone: 'crop to 16:9', 'flip'."


def test_a_second_picture_is_needed_for_blending() -> None:
    plan = parse("blend with the second image")
    alone = plan.fitted(pictures=1, masked=False)
    assert alone.grades
    assert alone.describe() == (
        "Not possible without a second picture, left undone: 'blend with the second image'; a visible grade was "
        "applied instead."
    )
    assert plan.fitted(pictures=2, masked=False) == plan


def test_fitting_twice_changes_nothing_more() -> None:
    once = parse("flip, brighten, xyz").fitted(pictures=1, masked=True)
    assert once.fitted(pictures=1, masked=True) == once


def test_working_pixels_count_what_enlarging_makes() -> None:
    assert parse("blur").working_pixels(1000) == 8000
    assert parse("blur, 2x bigger").working_pixels(1000) == 8 * LARGEST_RESULT
    assert parse("2x bigger").working_pixels(40_000_000) == 8 * 40_000_000


@pytest.mark.parametrize(
    ("instruction", "is_complete", "grades"),
    [("blur", True, False), ("blur, xyz", False, False), ("xyz", False, True), ("keep the rest", True, False)],
)
def test_completeness(instruction: str, *, is_complete: bool, grades: bool) -> None:
    plan = parse(instruction)
    assert (plan.is_complete, plan.grades) == (is_complete, grades)


def test_the_seed_is_what_was_left_undone() -> None:
    assert parse("make it better").seed != parse("make it nicer").seed
    assert Plan((), ("x",)).seed == Plan((), ("x",)).seed
