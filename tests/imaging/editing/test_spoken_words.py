from __future__ import annotations

from collections import Counter

from gateway.imaging.editing.lexer import tokens
from gateway.imaging.editing.spoken_words import IGNORED, SPOKEN

PHRASES = [phrase for phrases in SPOKEN.values() for phrase in phrases.split(", ")]


def test_no_phrase_is_listed_twice() -> None:
    assert [phrase for phrase, count in Counter(PHRASES).items() if count > 1] == []


def test_every_phrase_can_be_heard() -> None:
    for phrase in PHRASES:
        heard = [token.word for token in tokens(phrase) if token.word not in IGNORED]
        assert heard == phrase.split()
