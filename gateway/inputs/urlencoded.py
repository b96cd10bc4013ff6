"""An urlencoded form: names and values, percent-encoded, in the charset that the request names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import unquote_plus

from gateway.errors import BadRequest
from gateway.inputs.arriving import MOST_FIELDS
from gateway.inputs.long_text import LONG, LongText, from_form
from gateway.spool import SpooledBlob

# Those that browsers and libraries send. Python knows a hundred more, some of which take hours for a hostile text.
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})

Pair: TypeAlias = tuple[str, "str | LongText"]


def parse_form(body: bytes, charset: str) -> list[Pair]:
    """The fields of a form that is in memory.

    Raises:
        BadRequest: too many fields, an unknown charset, or bytes that are not of it.
    """
    return [(_text(name, charset), _text(value, charset)) for name, value in _fields(body)]


def parse_long_form(body: SpooledBlob, charset: str) -> list[Pair]:
    """The same for a form of megabytes, its long values as `LongText`. Blocks."""
    pairs: list[Pair] = []
    at = 0
    for name, value in _fields(body.read()):
        start, stop = at + len(name) + 1, at + len(name) + 1 + len(value)
        at = stop + 1
        if len(name) <= LONG:
            long = LongText(body.part(start, stop), from_form) if len(value) > LONG else None
            pairs.append((_text(name, charset), long or _text(value, charset)))
    return pairs


def _fields(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    parts = body.rstrip().split(b"&", MOST_FIELDS)
    if len(parts) > MOST_FIELDS:
        raise BadRequest(f"More than {MOST_FIELDS} fields were sent")
    for part in parts:
        name, _, value = part.partition(b"=")
        yield name, value


def _text(encoded: bytes, charset: str) -> str:
    try:
        return unquote_plus(_known(charset, encoded), charset)
    except UnicodeDecodeError as error:
        raise BadRequest("The form is not text in the charset that it names, or in UTF-8") from error


def _known(charset: str, encoded: bytes) -> str:
    if charset.lower() not in _CHARSETS:
        raise BadRequest("The charset of the form is not known; send UTF-8")
    return encoded.decode(charset)
