from __future__ import annotations

import pytest

from gateway.imaging.editing.clauses import clauses
from gateway.imaging.editing.details import gather
from gateway.imaging.editing.lexicon import Call
from gateway.imaging.editing.meanings import Measure, Place, Unit
from gateway.imaging.editing.operation import Details
from gateway.imaging.editing.vocabulary import VOCABULARY

ROWS = {row.name: row for row in VOCABULARY}


def told(name: str, text: str, sign: int = 1, word: str = "") -> Details | None:
    (clause,) = clauses(text)
    return gather(Call(ROWS[name], sign, word), [meaning for item in clause.items for meaning in item.meanings])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("blur", "red"),
        ("flip", "slightly"),
        ("contrast", "5 pixels"),
        ("brightness", "20"),
        ("rainbow", "less"),
        ("border", "red blue"),
        ("border", "-3 pixels"),
        ("brightness", "colours"),
        ("grayscale", "blue"),
        ("tint", "slightly"),
        ("flip", "90 degrees"),
        ("crop", "16:9 50%"),
        ("resize", "9x"),
        ("posterize", "1"),
        ("text", "red"),
    ],
)
def test_what_has_no_place_is_refused(name: str, text: str) -> None:
    assert told(name, text) is None


@pytest.mark.parametrize(
    ("name", "text", "measure"),
    [
        ("rotate", "20", Measure(20, Unit.DEGREES)),
        ("rotate", "-20", Measure(-20, Unit.DEGREES)),
        ("blur", "20", Measure(20, Unit.PIXELS)),
        ("posterize", "20", Measure(20, Unit.PLAIN)),
        ("brightness", "+20", Measure(20, Unit.PERCENT)),
    ],
)
def test_a_bare_number_counts_what_the_operation_takes(name: str, text: str, measure: Measure) -> None:
    details = told(name, text)
    assert details is not None
    assert details.measure == measure


@pytest.mark.parametrize(
    ("text", "sign", "expected"),
    [("less", 1, -1), ("less", -1, 1), ("more", -1, -1), ("-20%", 1, -1), ("down", 1, -1), ("reduce down", 1, -1)],
)
def test_sign(text: str, sign: int, expected: int) -> None:
    details = told("brightness", text, sign)
    assert details is not None
    assert details.sign == expected


def test_particles_do_not_turn_a_word_around_that_has_a_direction() -> None:
    details = told("warmth", "down", -1, "cool")
    assert details is not None
    assert details.sign == -1


def test_amounts_multiply_within_bounds() -> None:
    details = told("fog", "very very extremely huge big")
    assert details is not None
    assert details.amount == 3


def test_places_add_up_once() -> None:
    details = told("sun", "top left top")
    assert details is not None
    assert details.places == (Place.TOP, Place.LEFT)
