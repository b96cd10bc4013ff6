"""Texts too long for anything but a picture in base64: left on disk, where the body lies, until they are decoded.

The rest of such a body is small, and is all that a parser sees. So a body of megabytes costs no more memory than
its own bytes for a moment, and a body that is large without pictures is refused before it is made into objects,
which take twenty times its size.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple

from gateway.blob import Blob
from gateway.errors import PayloadTooLarge
from gateway.images import LONGEST_PROMPT
from gateway.inputs.json_body import parse_object
from gateway.spool import SpooledBlob

LONGEST_CHARACTER = 12
"""Bytes at most that one character takes: two escapes in JSON, four bytes as `%XX` in a form."""
LONG = LONGEST_CHARACTER * LONGEST_PROMPT
"""Bytes above which a text is left where it is: the longest prompt has no more, however it is written."""
MOST_TEXT = 256 * 1024
"""Bytes of a request beside its pictures."""

_QUOTE = b'"'
_BACKSLASH = ord("\\")


class LongText:
    """A text that was sent, in the bytes that it was sent in."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob

    @property
    def size(self) -> int:
        """Bytes, escapes included."""
        return self._blob.size

    def read(self) -> bytes | bytearray:
        """The text without its escapes. Blocks.

        Raises:
            ValueError: they are broken.
        """
        return self._blob.read()


class EscapedText(LongText):
    """A text in a body that writes some letters in another way."""

    def __init__(self, blob: SpooledBlob, escapes: Escapes) -> None:
        super().__init__(blob)
        self._pieces = blob.pieces
        self._escapes = escapes

    def read(self) -> bytes | bytearray:
        text, rest = bytearray(), b""
        for piece in self._pieces():
            whole, rest = self._escapes.split(rest + piece)
            text += self._escapes.undo(whole)
        text += self._escapes.undo(rest)
        return text


class Escapes(NamedTuple):
    """How a text is written where it cannot stand as it is."""

    mark: bytes
    """Begins every escape."""
    longest: int
    """Bytes of one."""
    undo: Callable[[bytes], bytes]
    """Raises ValueError."""

    def split(self, text: bytes) -> tuple[bytes, bytes]:
        """`text` up to an escape that may go on behind its end, and the rest."""
        begun = text.rfind(self.mark, max(0, len(text) - self.longest + 1))
        return (text, b"") if begun < 0 else (text[:begun], text[begun:])


def _from_json(text: bytes) -> bytes:
    if any(control in text for control in (b"\t", b"\n", b"\r")):  # JSON wants them escaped; base64 has no others
        raise ValueError("a control character in a JSON text")
    if b"\\" not in text:
        return text
    plain: str = json.loads(b'"%b"' % text)
    return plain.encode()


def _from_form(text: bytes) -> bytes:
    """A general decoder makes an object of every escape, which for a hostile text of megabytes takes seconds."""
    text = text.replace(b"+", b" ")
    for escape, plain in _ESCAPED_IN_PICTURES:
        if b"%" not in text:
            return text
        text = text.replace(escape, plain)
    if b"%" in text:
        raise ValueError("an escape of a letter that no picture has")
    return text


_ESCAPED_IN_PICTURES = [
    (escape, letter)
    for letter in (b"+", b"/", b"=", b"\r", b"\n", b" ", b"\t", b":", b";", b",", b"-", b"_")
    for escape in (b"%%%02X" % ord(letter), b"%%%02x" % ord(letter))
]

IN_JSON = Escapes(b"\\", len(r"\u002B"), _from_json)
IN_FORM = Escapes(b"%", len("%2B"), _from_form)


def parse_long_object(body: SpooledBlob) -> dict[str, object]:
    """The members of the JSON object in `body`, its long texts as `LongText`. Blocks, and raises like `parse_object`.

    Raises:
        PayloadTooLarge: more than `MOST_TEXT` bytes beside the long texts, or one of them is a key.
    """
    rest, found = _cut(body.read())
    texts = {mark: EscapedText(body.part(*place), IN_JSON) for mark, place in found.items()}
    return _restored_members(parse_object(rest), texts)


def _cut(data: bytes) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """`data` with marks in the place of its long texts, and where each stood."""
    secret = secrets.token_hex(16)  # what nobody can guess cannot stand in a prompt
    pieces: list[bytes] = []
    found: dict[str, tuple[int, int]] = {}
    copied = at = left_out = 0
    while (start := data.find(_QUOTE, at)) >= 0:
        at, plain = _end_of_text(data, start)
        if plain and at - start - len(_QUOTE + _QUOTE) > LONG:
            mark = f"{secret} {len(found)}"
            found[mark] = start + 1, at - 1
            pieces += [data[copied : start + 1], mark.encode()]
            copied, left_out = at - 1, left_out + at - start
        if at - left_out > MOST_TEXT:
            raise too_much_text()
    if len(data) - left_out > MOST_TEXT:
        raise too_much_text()
    return b"".join([*pieces, data[copied:]]), found


def _end_of_text(data: bytes, start: int) -> tuple[int, bool]:
    """Where the text that begins at `start` is over, and whether it could be a picture.

    No picture holds an escaped quote or backslash. Whatever does counts as the rest of the body, of which there
    is little, so nobody can have this counted for long.
    """
    plain, at = True, start + 1
    while (quote := data.find(_QUOTE, at)) >= 0:
        first = quote
        while data[first - 1] == _BACKSLASH and quote - first <= MOST_TEXT:
            first -= 1
        if first < quote and quote - start > MOST_TEXT:
            raise too_much_text()
        if (quote - first) % 2 == 0:
            return quote + 1, plain and first == quote
        plain, at = False, quote + 1
    return len(data), False


def too_much_text() -> PayloadTooLarge:
    return PayloadTooLarge(f"The body holds more than {MOST_TEXT} bytes beside its pictures")


def _restored(value: object, texts: Mapping[str, LongText]) -> object:
    match value:
        case str():
            return texts.get(value, value)
        case list():
            return [_restored(item, texts) for item in value]
        case dict():
            return _restored_members(value, texts)
        case _:
            return value


def _restored_members(members: Mapping[str, object], texts: Mapping[str, LongText]) -> dict[str, object]:
    if not texts.keys().isdisjoint(members):  # no picture, and nobody would see that another one is the same
        raise PayloadTooLarge(f"The body holds a key of more than {LONG} bytes")
    return {name: _restored(value, texts) for name, value in members.items()}
