"""An instruction cut into words, numbers, quoted text and stops. One pass, linear in the length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.imaging.editing.colour_names import rgb
from gateway.imaging.editing.meanings import Colour, Measure, Ratio, Sense, Size, Text, Unit

_UNITS = {
    "%": Unit.PERCENT,
    "percent": Unit.PERCENT,
    "°": Unit.DEGREES,
    "deg": Unit.DEGREES,
    "degree": Unit.DEGREES,
    "degrees": Unit.DEGREES,
    "px": Unit.PIXELS,
    "pixel": Unit.PIXELS,
    "pixels": Unit.PIXELS,
    "x": Unit.TIMES,
    "×": Unit.TIMES,  # noqa: RUF001 - the sign that people type
    "times": Unit.TIMES,
}

# Every repetition is bounded or cannot be matched in two ways, so no input makes the search go back far.
_TOKEN = re.compile(
    r"""
    (?P<hex>\#(?:[0-9a-f]{6}|[0-9a-f]{3}))(?!\w)
    | (?P<width>[0-9]{1,5})[ ]?(?P<pair>[:x×])[ ]?(?P<height>[0-9]{1,5})(?!\w)
    | (?P<sign>(?<!\w)[-+−])?(?P<number>[0-9]{1,6}(?:\.[0-9]{1,6})?)
      (?:[ -]?(?P<unit>%|°|(?:percent|degrees?|deg|pixels?|px|times|x|×)(?!\w)))?(?!\w)
    | (?P<word>\w++(?:['’]\w++)*+)
    | (?P<mark>\S|\n)
    """,  # noqa: RUF001 - the minus, cross and apostrophe that people type
    re.VERBOSE | re.IGNORECASE,
)

_CLOSING = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’", "`": "`"}  # noqa: RUF001 - quotation marks
_APOSTROPHES = frozenset("'’")  # noqa: RUF001 - they also stand inside words

_BRITISH = {
    "gray": "grey",
    "grays": "greys",
    "grayscale": "greyscale",
    "color": "colour",
    "colors": "colours",
    "colorful": "colourful",
    "center": "centre",
    "centered": "centre",
    "pixelize": "pixelise",
    "posterize": "posterise",
    "posterized": "posterised",
    "solarize": "solarise",
    "colorize": "colourise",
    "dont": "don't",
    "doesnt": "doesn't",
}


@dataclass(frozen=True, slots=True)
class Token:
    """`instruction[start:end]`: a number or quotation with its sense, or else a word or sign to look up."""

    word: str
    """Lower case and in British spelling; empty where there is a sense."""
    start: int
    end: int
    sense: Sense | None = None


def tokens(instruction: str) -> Iterator[Token]:
    position = 0
    unclosed: set[str] = set()
    while found := _TOKEN.search(instruction, position):
        start = found.start()
        quoted = _quotation(instruction, start, unclosed)
        token = quoted or _token(found)
        position = token.end
        if token.word != "-" or not _joins(instruction, start):
            yield token


def _joins(instruction: str, hyphen: int) -> bool:
    """Whether it stands inside of a compound: "black-and-white" is three words."""
    return instruction[hyphen - 1 : hyphen].isalnum() and instruction[hyphen + 1 : hyphen + 2].isalnum()


def unquoted(instruction: str) -> str:
    """Without the quotation marks that stand around all of it: clients that quote twice do not mean a text."""
    bare = instruction.strip()
    closing = _CLOSING.get(bare[:1])
    if closing is None or closing in _APOSTROPHES or bare.find(closing, 1) != len(bare) - 1:
        return instruction
    return bare[1:-1]


def _quotation(instruction: str, start: int, unclosed: set[str]) -> Token | None:
    """The quoted text that begins here. A mark that is once found unclosed is not looked for again."""
    mark = instruction[start]
    if mark not in _CLOSING or mark in unclosed or (start > 0 and instruction[start - 1].isalnum()):
        return None
    closing = _CLOSING[mark]
    end = instruction.find(closing, start + 1)
    while closing in _APOSTROPHES and 0 <= end < len(instruction) - 1 and instruction[end + 1].isalnum():
        end = instruction.find(closing, end + 1)
    if end < 0:
        unclosed.add(mark)
        return None
    return Token("", start, end + 1, Text(instruction[start + 1 : end]))


def _token(found: re.Match[str]) -> Token:
    start, end = found.span()
    return Token(_word(found), start, end, _sense(found))


def _word(found: re.Match[str]) -> str:
    word = (found["word"] or found["mark"] or "").casefold().replace("’", "'")  # noqa: RUF001 - a typed apostrophe
    return _BRITISH.get(word, word)


def _sense(found: re.Match[str]) -> Sense | None:
    if code := found["hex"]:
        return Colour(code, rgb(code))
    if pair := found["pair"]:
        width, height = int(found["width"]), int(found["height"])
        return Ratio(width, height) if pair == ":" else Size(width, height)
    if number := found["number"]:
        signed = found["sign"] is not None
        unit = _UNITS.get((found["unit"] or "").lower(), Unit.POINTS if signed else Unit.PLAIN)
        return Measure(float(number) if found["sign"] in {None, "+"} else -float(number), unit)
    return None
