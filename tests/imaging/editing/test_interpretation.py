from __future__ import annotations

import pytest

from gateway.imaging.editing.clauses import clauses
from gateway.imaging.editing.interpretation import Understood, interpret
from gateway.imaging.editing.meanings import Direction, Verb


def read(
    text: str, verb: Verb | None = None, direction: Direction | None = None, *, said: bool = False
) -> Understood | None:
    (clause,) = clauses(text)
    return interpret(clause, verb, direction, said=said)


def test_a_bare_adjective_needs_to_be_said_of_the_picture() -> None:
    assert read("bright") is None
    assert read("bright", said=True) is not None


def test_details_alone_mean_an_operation_only_with_a_verb() -> None:
    understood = read("it blue", Verb.CHANGE, said=True)
    assert understood is not None
    assert understood.steps[0].operation.name == "tint"
    assert read("it blue", Verb.ADD, said=True) is None


def test_a_direction_is_inherited_by_quantities_only() -> None:
    lowered, night = read("contrast", direction=Direction(-1)), read("night", direction=Direction(-1))
    assert lowered is not None
    assert night is not None
    assert (lowered.steps[0].details.sign, night.steps[0].details.sign) == (-1, 1)


@pytest.mark.parametrize("text", ["fog", "fog with x", "misty fog", "a bright moon over x"])
def test_additions_may_be_described(text: str) -> None:
    understood = read(text)
    assert understood is not None
    assert len(understood.steps) == 1


@pytest.mark.parametrize("text", ["fog horn", "x fog", "blur with x", "fog brighter", "rain on the brighter x sun"])
def test_nothing_else_may_be_unknown(text: str) -> None:
    assert read(text, said=True) is None


def test_chained_operations_divide_the_details() -> None:
    understood = read("slightly brighter with a strong red vignette")
    assert understood is not None
    brighter, vignette = (step.details for step in understood.steps)
    assert (brighter.amount, brighter.colour) == (0.5, None)
    assert vignette.amount == 1.5
    assert vignette.colour is not None


def test_leftovers_are_the_words_as_written() -> None:
    understood = read("a Rainbow in the sky over the Old  Mill")
    assert understood is not None
    assert understood.leftovers == ("over the Old  Mill",)
