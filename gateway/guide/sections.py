"""The guide cut at its headings, and found by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.guide.pages import Page

LONGEST_QUERY = 200
"""Characters that are looked at; nobody asks for more."""
_HEADING = re.compile(r"(#{1,4}) +(.+)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_WORD = re.compile(r"[\w.-]*\w")
_IN_HEADING, _IN_TITLE, _IN_TEXT = 8, 4, 1
_OFTEN = 3
"""Times that a word counts in one text: a table that repeats it is no better answer."""


@dataclass(frozen=True, slots=True)
class Section:
    page: Page
    heading: str
    anchor: str
    """Empty for what stands above the first heading below the title."""
    text: str

    @property
    def address(self) -> str:
        """Below `/docs/`."""
        return f"{self.page.name}#{self.anchor}" if self.anchor else self.page.name

    @property
    def excerpt(self) -> str:
        """Its first words, without the signs of Markdown."""
        plain = " ".join(re.sub(r"[`*|#]|-{3,}", " ", self.text).split())
        return plain if len(plain) <= _EXCERPT else plain[:_EXCERPT].rpartition(" ")[0] + " ..."


_EXCERPT = 200


def sections(page: Page) -> Iterator[Section]:
    heading, anchor, lines = page.title, "", list[str]()
    anchors = Anchors()
    fenced = False
    for line in page.text.splitlines()[1:]:
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.fullmatch(line)
        if found is None:
            lines.append(line)
            continue
        yield Section(page, heading, anchor, "\n".join(lines).strip())
        anchor = anchors.of(found[2])
        heading, lines = found[2].replace("`", ""), []
    yield Section(page, heading, anchor, "\n".join(lines).strip())


class Anchors:
    """Names of headings within a page, as GitHub makes them, so that a link works here and there."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, heading: str) -> str:
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        count = self._seen.get(plain, 0)
        self._seen[plain] = count + 1
        return f"{plain}-{count}" if count else plain


def search(pages: Iterable[Page], query: str, *, most: int) -> list[Section]:
    """The sections that hold every word of `query`, or the beginning of a longer one, best first."""
    words = {word.lower() for word in _WORD.findall(query[:LONGEST_QUERY])}
    if not words:
        return []
    found = [(_score(section, words), section) for page in pages for section in sections(page)]
    found.sort(key=lambda pair: -pair[0])
    return [section for score, section in found[:most] if score]


def _score(section: Section, words: set[str]) -> int:
    places = (
        (_IN_HEADING, section.heading.lower()),
        (_IN_TITLE, section.page.title.lower()),
        (_IN_TEXT, section.text.lower()),
    )
    scores = [sum(weight * min(_OFTEN, _starts(text, word)) for weight, text in places) for word in words]
    return sum(scores) if all(scores) else 0


def _starts(text: str, word: str) -> int:
    """How many words of `text` begin with `word`."""
    return len(re.findall(rf"(?<!\w){re.escape(word)}", text))
