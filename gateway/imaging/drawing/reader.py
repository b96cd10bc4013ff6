"""From a prompt to what is in the picture. Words that are not in the wordbook only shape the chance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.imaging.drawing.abstract import Composition
from gateway.imaging.drawing.finishes import Finish
from gateway.imaging.drawing.light import Light
from gateway.imaging.drawing.motifs import (
    Heaven,
    Hue,
    Leaf,
    Mark,
    Meaning,
    Number,
    Pattern,
    Place,
    Setting,
    Style,
    Thing,
)
from gateway.imaging.drawing.palette import Colour
from gateway.imaging.drawing.wordbook import HOMONYMS, LEXICON, LIGHTS, LONGEST_PHRASE

MOST_THINGS = 6
_USUAL_PLURAL = 3
_REACH = 3
"""How many words a colour, a number or a refusal may stand before its noun."""
_SAME_THING = 2
"""Two names of one thing so close together mean one: "perfume bottle", "cup of coffee"."""
_REFUSALS = frozenset({"no", "without", "not", "never"})
_ARTICLES = frozenset({"a", "an", "the", "one", "single"})
_AT_WORK = frozenset({"painting", "paints", "drawing", "draws", "sketching"})
_LONG_AGO = -10
_PLURALS = (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""))


@dataclass(frozen=True, slots=True)
class Shown:
    """A thing that is in the picture."""

    thing: Thing
    colour: Colour | None = None
    """As the prompt says; None leaves it to the thing."""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that a prompt names, each kind in its order."""

    light: Light | None = None
    leaf: Colour | None = None
    tints: tuple[Colour, ...] = ()
    """Colours that no noun claimed: they belong to the whole picture."""
    places: tuple[tuple[Place, Colour | None], ...] = ()
    marks: tuple[tuple[Mark, Colour | None], ...] = ()
    setting: tuple[Setting, Colour | None] | None = None
    things: tuple[Shown, ...] = ()
    painted: Shown | None = None
    """What somebody in the picture is painting."""
    finishes: tuple[Finish, ...] = ()
    patterns: tuple[Composition | None, ...] = ()

    @property
    def abstract(self) -> bool:
        """Nothing to show: only colours and styles, nothing known, or a pattern was asked for."""
        named = self.light or self.places or self.marks or self.setting or self.things
        return not named or (bool(self.patterns) and not self.things)

    @property
    def understood(self) -> bool:
        """Some word of the prompt was in the wordbook."""
        return self != Scene()


@dataclass(frozen=True, slots=True)
class _Found:
    """A word or phrase: where it ends, and what it means."""

    at: int
    word: str
    meaning: Meaning | None
    plural: bool = False


def read(prompt: str) -> Scene:
    reader = _Reader()
    for found in _meanings(re.findall(r"[a-z]+|[0-9]+", prompt.casefold())):
        reader.take(found)
    return reader.scene()


class _Reader:
    """Binds colours and numbers to the noun that follows them."""

    def __init__(self) -> None:
        self._lights: list[Light] = []
        self._leaves: list[Colour] = []
        self._tints: list[Colour] = []
        self._places: list[tuple[Place, Colour | None]] = []
        self._marks: list[tuple[Mark, Colour | None]] = []
        self._settings: list[tuple[Setting, Colour | None]] = []
        self._things: list[Shown] = []
        self._painted: list[Shown] = []
        self._finishes: list[Finish] = []
        self._patterns: list[Composition | None] = []
        self._colours: list[Colour] = []
        self._count: int | None = None
        self._last = self._last_thing = self._refused = self._working = _LONG_AGO

    def scene(self) -> Scene:
        self._let_go()
        return Scene(
            light=next((light for light in LIGHTS if light in self._lights), None),
            leaf=self._leaves[0] if self._leaves else None,
            tints=tuple(self._tints),
            places=tuple(dict(self._places).items()),
            marks=tuple(dict(self._marks).items()),
            setting=max(self._settings, key=lambda named: named[0].rank, default=None),
            things=tuple(self._things),
            painted=self._painted[0] if self._painted else None,
            finishes=tuple(dict.fromkeys(self._finishes)),
            patterns=tuple(self._patterns),
        )

    def take(self, found: _Found) -> None:
        if found.word in _REFUSALS:
            self._refused = found.at
            return
        if found.word in _AT_WORK and self._things:
            self._working = found.at
            return
        if found.meaning is None:
            return
        if found.at - self._refused < _REACH:
            # "No single red cat": the refusal passes over number and colour to their noun.
            self._refused = found.at if isinstance(found.meaning, Hue | Number) else _LONG_AGO
            return
        if found.at - self._last > _REACH:
            self._let_go()
        self._last = found.at
        self._keep(found.meaning, found)

    def _keep(self, meaning: Meaning, found: _Found) -> None:
        match meaning:
            case Hue():
                self._colours.append(meaning.colour)
            case Number():
                self._count = meaning.count
            case Style():
                self._finishes.append(meaning.finish)
            case Leaf():
                self._leaves.append(meaning.colour)
            case Pattern():
                self._patterns.append(meaning.composition)
            case Light():
                self._lights.append(meaning)
                self._let_go()
            case Heaven():
                self._let_go()
            case _:
                self._name(meaning, found)

    def _name(self, noun: Place | Mark | Setting | Thing, found: _Found) -> None:
        colour = self._colours[0] if self._colours else None
        count = self._count or (_USUAL_PLURAL if found.plural else 1)
        self._colours.clear()
        self._count = None
        match noun:
            case Thing():
                self._show(Shown(noun, colour, count), found.at)
            case Place():
                self._places.append((noun, colour))
            case Mark():
                self._marks.append((noun, colour))
            case Setting():
                self._settings.append((noun, colour))

    def _show(self, shown: Shown, at: int) -> None:
        if at - self._working <= _REACH:
            self._painted.append(shown)
            return
        if self._things and self._things[-1].thing == shown.thing and at - self._last_thing <= _SAME_THING:
            return
        self._last_thing = at
        room = MOST_THINGS - sum(other.count for other in self._things)
        if room > 0:
            self._things.append(Shown(shown.thing, shown.colour, min(shown.count, room)))

    def _let_go(self) -> None:
        self._tints += self._colours
        self._colours.clear()
        self._count = None


def _meanings(words: list[str]) -> Iterator[_Found]:
    """The longest phrases that the wordbook knows, and every other word as it is."""
    start = 0
    while start < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - start), 0, -1):
            found = _look_up(words, start, length)
            if found.meaning is not None or length == 1:
                yield found
                start += length
                break


def _look_up(words: list[str], start: int, length: int) -> _Found:
    end = start + length - 1
    phrase = " ".join(words[start : start + length])
    if phrase in HOMONYMS and not _is_thing(words, start):
        return _Found(end, phrase, HOMONYMS[phrase])
    if phrase in LEXICON:
        return _Found(end, phrase, LEXICON[phrase])
    for plural, singular in _PLURALS:
        stem = phrase.removesuffix(plural) + singular
        if phrase.endswith(plural) and stem in LEXICON:
            return _Found(end, phrase, LEXICON[stem], plural=True)
    return _Found(end, phrase, None)


def _is_thing(words: list[str], at: int) -> bool:
    """Whether a word that is also a colour stands for the thing: "an orange", not "an orange cat"."""
    if len(words) == 1:
        return True
    before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    named = before in _ARTICLES or isinstance(LEXICON.get(before), Hue)
    return named and not isinstance(LEXICON.get(after), Thing | Place | Hue)
