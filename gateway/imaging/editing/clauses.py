"""An instruction as clauses: phrases looked up, split where one request ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.imaging.editing.lexer import Token, tokens
from gateway.imaging.editing.lexicon import LEXICON, LONGEST_PHRASE, Meaning
from gateway.imaging.editing.meanings import Joint, Mark, Measure, Unit
from gateway.imaging.editing.spoken_words import IGNORED

_LOOSENESS = (Joint.OR, Joint.AND, Joint.COMMA, Joint.SENTENCE)
_GOALS = frozenset({Unit.PERCENT, Unit.PLAIN, Unit.POINTS})
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Item:
    """A word or phrase with its meanings; without any it is not understood. Offsets are into the instruction."""

    meanings: tuple[Meaning, ...]
    start: int
    end: int

    @property
    def is_connector(self) -> bool:
        return Mark.CONNECTOR in self.meanings or Mark.CHAIN in self.meanings


@dataclass(frozen=True, slots=True)
class Clause:
    joint: Joint
    items: tuple[Item, ...]
    start: int
    text: str
    """From `start` on, without space around it."""

    def all(self, kind: type[_T]) -> tuple[_T, ...]:
        """The meanings of one kind, in order."""
        return tuple(meaning for item in self.items for meaning in item.meanings if isinstance(meaning, kind))

    def words(self, first: Item, last: Item) -> str:
        """As they stand in the instruction."""
        return self.text[first.start - self.start : last.end - self.start]

    @property
    def is_understood(self) -> bool:
        """Every word has a meaning; what they mean together is another question."""
        return all(item.meanings for item in self.items)


@dataclass(frozen=True, slots=True)
class _Found:
    entry: tuple[Meaning | Joint, ...]
    start: int
    end: int


def clauses(instruction: str) -> Iterator[Clause]:
    """The clauses in order. Every word is looked at a bounded number of times."""
    joint, start, items = Joint.SENTENCE, 0, list[Item]()
    for found in _phrases([token for token in tokens(instruction) if token.word not in IGNORED]):
        joints = [meaning for meaning in found.entry if isinstance(meaning, Joint)]
        meanings = tuple(meaning for meaning in found.entry if not isinstance(meaning, Joint))
        if joints and items:
            yield _clause(instruction, joint, items, start, found.start)
            joint, items = joints[0], []
        elif joints:
            # Of several in a row, as in ", and then", the loosest counts.
            joint = max(joint, joints[0], key=_LOOSENESS.index)
        if joints:
            start = found.start if meanings else found.end
        if meanings or not joints:
            items.append(Item(meanings, found.start, found.end))
    if items:
        yield _clause(instruction, joint, items, start, len(instruction))


def _clause(instruction: str, joint: Joint, items: Sequence[Item], start: int, end: int) -> Clause:
    text = instruction[start:end]
    return Clause(joint, tuple(items), end - len(text.lstrip()), text.strip())


def _phrases(words: Sequence[Token]) -> Iterator[_Found]:
    """The longest phrase of the lexicon at each place, or the word alone with no meaning."""
    position = 0
    while position < len(words):
        found, length = _longest(words, position)
        previous = words[position - 1].word if position else ""
        yield replace(found, entry=tuple(_measured(meaning, previous, words[position]) for meaning in found.entry))
        position += length


def _longest(words: Sequence[Token], position: int) -> tuple[_Found, int]:
    first = words[position]
    if first.sense is not None:
        return _Found((first.sense,), first.start, first.end), 1
    for length in range(min(LONGEST_PHRASE, len(words) - position), 0, -1):
        last = words[position + length - 1]
        entry = LEXICON.get(tuple(word.word for word in words[position : position + length]))
        if entry is not None:
            return _Found(entry, first.start, last.end), length
    return _Found((), first.start, first.end), 1


def _measured(meaning: Meaning | Joint, previous: str, token: Token) -> Meaning | Joint:
    """The phrase "to 50%" is a goal, "by 50%" and "50%" are a change; but "half" alone is a goal too."""
    if not isinstance(meaning, Measure) or meaning.unit not in _GOALS:
        return meaning
    in_words = token.sense is None
    absolute = meaning.absolute or previous == "to" or (in_words and previous != "by")
    cued = meaning.unit is Unit.PLAIN and previous in {"by", "to"}
    return replace(meaning, absolute=absolute, unit=Unit.POINTS if cued else meaning.unit)
