from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.imaging.editing.lexer import tokens, unquoted
from gateway.imaging.editing.meanings import Colour, Measure, Ratio, Sense, Size, Text, Unit


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


def senses(text: str) -> list[Sense]:
    return [token.sense for token in tokens(text) if token.sense is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't GRAYscale", ["don't", "greyscale"]),
        ("Don’t", ["don't"]),  # noqa: RUF001 - a typed apostrophe
        ("black-and-white", ["black", "and", "white"]),
        ("warm - red", ["warm", "-", "red"]),
        ("5th 2nd", ["5th", "2nd"]),
        ("it's,ok!", ["it's", ",", "ok", "!"]),
        ("a\nb", ["a", "\n", "b"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("20%", Measure(20, Unit.PERCENT)),
        ("1.5 percent", Measure(1.5, Unit.PERCENT)),
        ("2x", Measure(2, Unit.TIMES)),
        ("45°", Measure(45, Unit.DEGREES)),
        ("90-degree", Measure(90, Unit.DEGREES)),
        ("12px", Measure(12, Unit.PIXELS)),
        ("-3", Measure(-3, Unit.POINTS)),
        ("+3", Measure(3, Unit.POINTS)),
        ("7", Measure(7, Unit.PLAIN)),
        ("16:9", Ratio(16, 9)),
        ("800 x 600", Size(800, 600)),
        ("#f80", Colour("#f80", (255, 136, 0))),
        ("#FF8800", Colour("#FF8800", (255, 136, 0))),
    ],
)
def test_numbers_and_codes(text: str, sense: Sense) -> None:
    assert senses(text) == [sense]


@pytest.mark.parametrize("text", ["abc1", "1abc", "#ff", "#ggg", "12345678901234567890"])
def test_what_is_no_number(text: str) -> None:
    assert not [sense for sense in senses(text) if not isinstance(sense, Measure)]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('write "It\'s Ünder 5%, OK?" now', ["It's Ünder 5%, OK?"]),
        ("write 'don't' now", ["don't"]),
        ("“a” and «b»", ["a", "b"]),
        ('"one" "two"', ["one", "two"]),
        ("the dogs' tails' ends", []),
        ('"open', []),
        ("'open 'a'b", []),
    ],
)
def test_quotations_keep_every_letter(text: str, quoted: list[str]) -> None:
    assert [sense.words for sense in senses(text) if isinstance(sense, Text)] == quoted


@given(st.text(max_size=200))
def test_tokens_stand_in_order_where_they_say(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert position <= token.start < token.end <= len(text)
        position = token.end


@pytest.mark.parametrize(
    ("text", "bare"),
    [(' "make it red" ', "make it red"), ('"a" and "b"', '"a" and "b"'), ("'a'", "'a'"), ('"', '"'), ("", "")],
)
def test_unquoted(text: str, bare: str) -> None:
    assert unquoted(text) == bare
