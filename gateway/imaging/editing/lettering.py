"""Words written into the picture, in the font that Pillow brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import combining, normalize

from PIL import Image, ImageDraw, ImageFont

from gateway.imaging.editing.meanings import Rgb
from gateway.imaging.editing.operation import Details, Touch
from gateway.imaging.editing.regions import anchor

LONGEST_TEXT = 200
"""Characters; more would be too small to read."""

_MOST_LINES = 12
_LONGEST_WORD = 24
"""Characters; longer words are broken, or one of them would make all letters tiny."""
_WIDTH, _HEIGHT = 0.88, 0.3
"""Shares of the picture that the words may cover."""
_LARGEST = 0.14
"""Font size as a share of the height: a single letter does not fill the picture."""
_PROBE = 100
"""Font size at which words are measured; widths grow with the size."""
_UNASSIGNED = "\U0010fffe"
_STAND_INS = {
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "€": "EUR",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
}
_LUMA = (0.299, 0.587, 0.114)


def write(image: Image.Image, touch: Touch) -> Image.Image:
    """The text, wrapped and scaled to fit, outlined so that it can be read on any ground."""
    lines, size = _layout(spelled(touch.details.text or ""), image.size)
    size *= touch.details.amount if touch.details.amount < 1 else 1.0
    size *= 1 - 0.4 * abs(touch.drift)
    font = ImageFont.load_default(max(1.0, size))
    colour = (255, 255, 255) if touch.details.colour is None else touch.details.colour.rgb
    stroke = max(1, round(size / 18))
    image = image.copy()
    pen = ImageDraw.Draw(image)
    text = "\n".join(lines)
    box = pen.multiline_textbbox((0, 0), text, font, align="center", stroke_width=stroke)
    x, y = _corner(image.size, box, touch)
    pen.multiline_text(
        (x - box[0], y - box[1]),
        text,
        colour,
        font,
        align="center",
        stroke_width=stroke,
        stroke_fill=_contrasting(colour),
    )
    return image


def is_writable(details: Details) -> bool:
    """Whether there are words, not too many, and all of their letters can be drawn."""
    text = "".join(normalize("NFC", details.text or "").split())
    return 0 < len(text) <= LONGEST_TEXT and all(map(_drawn, set(text)))


def spelled(text: str) -> str:
    """The text as it can be drawn: the font has no accents, so letters lose theirs."""
    return " ".join("".join(map(_drawn, word)) for word in normalize("NFC", text).split())


def _drawn(letter: str) -> str:
    """The letter, or what stands for it, or nothing where the font has neither."""
    if _has_glyph(letter):
        return letter
    base = _STAND_INS.get(letter) or "".join(part for part in normalize("NFKD", letter) if not combining(part))
    return base if all(map(_has_glyph, base)) else ""


@lru_cache(maxsize=2048)
def _has_glyph(letter: str) -> bool:
    if not letter.isprintable():
        return False
    font = ImageFont.load_default(_PROBE)
    shape, missing = font.getmask(letter), font.getmask(_UNASSIGNED)
    return shape.size != missing.size or bytes(shape) != bytes(missing)


def _layout(text: str, size: tuple[int, int]) -> tuple[list[str], float]:
    """The lines and font size of the wrapping that allows the largest letters."""
    font = ImageFont.load_default(_PROBE)
    words = list(_broken(text.split()))
    choices = (_wrapped(words, count) for count in range(1, _MOST_LINES + 1))
    sized = [(lines, _fitting(lines, font, size)) for lines in choices]
    return max(sized, key=lambda choice: choice[1])


def _broken(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from (word[start : start + _LONGEST_WORD] for start in range(0, len(word), _LONGEST_WORD))


def _wrapped(words: list[str], count: int) -> list[str]:
    """At most so many lines of about the same length."""
    goal = sum(len(word) + 1 for word in words) / count
    lines, used = [words[0]], len(words[0]) + 1
    for word in words[1:]:
        if used + len(word) / 2 > goal * len(lines):
            lines.append(word)
        else:
            lines[-1] += " " + word
        used += len(word) + 1
    return lines


def _fitting(lines: list[str], font: ImageFont.FreeTypeFont | ImageFont.ImageFont, size: tuple[int, int]) -> float:
    width = max(1.0, *(font.getlength(line) for line in lines))
    by_width = _PROBE * _WIDTH * size[0] / width
    by_height = _HEIGHT * size[1] / (1.25 * len(lines))
    return min(by_width, by_height, _LARGEST * size[1])


def _corner(size: tuple[int, int], box: tuple[float, float, float, float], touch: Touch) -> tuple[float, float]:
    """The top left corner of the words, wholly inside of the picture where they fit."""
    width, height = box[2] - box[0], box[3] - box[1]
    x, y = anchor(touch.details.places, (0.5, 0.88))
    left = x * size[0] - width / 2 + touch.drift * 0.3 * (size[0] - width)
    top = y * size[1] - height / 2
    margin = 0.03 * min(size)
    return (
        max(margin, min(size[0] - width - margin, left)),
        max(margin, min(size[1] - height - margin, top)),
    )


def _contrasting(colour: Rgb) -> Rgb:
    luma = sum(part * weight for part, weight in zip(colour, _LUMA, strict=True))
    return (20, 20, 24) if luma > 110 else (245, 245, 245)  # noqa: PLR2004 - the eye's middle grey
