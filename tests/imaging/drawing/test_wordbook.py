from __future__ import annotations

import re
from collections import Counter

import pytest

from gateway.imaging.drawing import wordbook
from gateway.imaging.drawing.motifs import Hue, Place, Setting, Thing
from gateway.imaging.drawing.palette import NAMED
from gateway.imaging.drawing.wordbook import HOMONYMS, LEXICON, LONGEST_PHRASE, VOCABULARY_HELP

_ROWS = (
    wordbook._LIGHTS,
    wordbook._PLACES,
    wordbook._MARKS,
    wordbook._THINGS,
    wordbook._STYLES,
    wordbook._NUMBERS,
)
_THINGS = {word: meaning for word, meaning in LEXICON.items() if isinstance(meaning, Thing)}


def test_no_phrase_stands_in_two_rows() -> None:
    phrases = Counter(phrase for rows in _ROWS for words, _ in rows for phrase in words.split())
    assert [phrase for phrase, count in phrases.items() if count > 1] == []


def test_every_phrase_can_be_read() -> None:
    assert [phrase for phrase in LEXICON if not re.fullmatch(r"[a-z0-9]+( [a-z0-9]+)*", phrase)] == []
    assert max(len(phrase.split()) for phrase in LEXICON) == LONGEST_PHRASE


@pytest.mark.parametrize("thing", _THINGS.values(), ids=_THINGS)
def test_every_thing_has_a_home_that_can_be_painted(thing: Thing) -> None:
    assert isinstance(LEXICON[thing.home], Place | Setting)
    assert thing.size > 0


def test_every_colour_is_known_as_a_colour() -> None:
    assert all(name in HOMONYMS or isinstance(LEXICON[name], Hue) for name in NAMED)
    assert {"orange", "rose"} <= set(HOMONYMS)


def test_help_is_one_line_with_words_of_every_kind() -> None:
    assert "\n" not in VOCABULARY_HELP
    for word in ("sunset", "mountain", "rainbow", "banana", "watercolor"):
        assert word in VOCABULARY_HELP
