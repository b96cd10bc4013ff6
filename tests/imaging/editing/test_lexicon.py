from __future__ import annotations

from gateway.imaging.editing import lexicon
from gateway.imaging.editing.lexicon import LEXICON, LONGEST_PHRASE, Call
from gateway.imaging.editing.spoken_words import IGNORED, SPOKEN, STOPS
from gateway.imaging.editing.vocabulary import VOCABULARY


def test_no_phrase_holds_a_word_that_is_never_looked_at() -> None:
    assert not [phrase for phrase in LEXICON if IGNORED.intersection(phrase)]


def test_no_two_rows_share_a_phrase() -> None:
    phrases = [phrase for row in VOCABULARY for phrase in row.phrases]
    assert len(phrases) == len(set(phrases))


def test_every_phrase_of_a_row_calls_it() -> None:
    for row in VOCABULARY:
        for phrase in row.phrases:
            (call,) = [word for word in LEXICON[tuple(phrase.split())] if isinstance(word, Call)]
            assert call.operation is row


def test_word_classes_name_words_of_the_vocabulary() -> None:
    words = {phrase for row in VOCABULARY for phrase in row.phrases}
    assert words >= lexicon._ADJECTIVES | lexicon._IMPERATIVES | lexicon._QUANTITIES | lexicon._VERBS_OR_NOUNS


def test_no_vocabulary_row_hides_a_word_of_the_grammar() -> None:
    spoken = {tuple(phrase.split()) for phrases in SPOKEN.values() for phrase in phrases.split(", ")}
    rows = {tuple(phrase.split()) for row in VOCABULARY for phrase in row.phrases}
    assert not spoken & rows
    assert not {(stop,) for stops in STOPS.values() for stop in stops} & (spoken | rows)


def test_longest_phrase_is_short() -> None:
    assert max(map(len, LEXICON)) == LONGEST_PHRASE <= 5
