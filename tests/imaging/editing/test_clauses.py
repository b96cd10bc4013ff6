from __future__ import annotations

import pytest

from gateway.imaging.editing.clauses import clauses
from gateway.imaging.editing.lexicon import Call
from gateway.imaging.editing.meanings import Joint, Measure, Unit, Verb

SPLITS = {
    "brighten and blur": ["brighten", "blur"],
    "black and white and blur": ["black and white", "blur"],
    "brighten, then blur. Add fog!": ["brighten", "blur", "Add fog"],
    "crop to 16:9; scale 1.5x": ["crop to 16:9", "scale 1.5x"],
    'write "a, b and c", blur': ['write "a, b and c"', "blur"],
    "brighten without blur": ["brighten", "without blur"],
    "brighten\nblur": ["brighten", "blur"],
    "brighten - not much - and blur": ["brighten", "not much", "blur"],
    " , and. ": [],
}


@pytest.mark.parametrize(("instruction", "texts"), SPLITS.items(), ids=list(SPLITS))
def test_splits(instruction: str, texts: list[str]) -> None:
    assert [clause.text for clause in clauses(instruction)] == texts


def test_texts_stand_where_they_say() -> None:
    instruction = "  brighten ,  and   add  fog "
    for clause in clauses(instruction):
        assert instruction[clause.start :].startswith(clause.text)
        first, last = clause.items[0], clause.items[-1]
        assert clause.words(first, last) == instruction[first.start : last.end]


@pytest.mark.parametrize(
    ("instruction", "joint"),
    [("x and y", Joint.AND), ("x or y", Joint.OR), ("x, and y", Joint.COMMA), ("x, and then y", Joint.SENTENCE)],
)
def test_the_loosest_joint_counts(instruction: str, joint: Joint) -> None:
    assert [clause.joint for clause in clauses(instruction)] == [Joint.SENTENCE, joint]


def test_articles_do_not_hide_a_phrase() -> None:
    (clause,) = clauses("remove all the noise")
    assert clause.all(Verb) == ()
    assert [call.word for call in clause.all(Call)] == ["remove noise"]


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("by 20%", Measure(20, Unit.PERCENT)),
        ("to 20%", Measure(20, Unit.PERCENT, absolute=True)),
        ("half", Measure(50, Unit.PERCENT, absolute=True)),
        ("by half", Measure(50, Unit.PERCENT)),
        ("20", Measure(20, Unit.PLAIN)),
        ("by 20", Measure(20, Unit.POINTS)),
        ("to 20", Measure(20, Unit.POINTS, absolute=True)),
    ],
)
def test_a_goal_is_told_from_a_change(text: str, measure: Measure) -> None:
    (clause,) = clauses(text)
    assert clause.all(Measure) == (measure,)


def test_knows_what_it_does_not_know() -> None:
    known, unknown = clauses("make it red, make xyz red")
    assert known.is_understood
    assert not unknown.is_understood
