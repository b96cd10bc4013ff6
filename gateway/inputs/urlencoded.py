"""An urlencoded form: names and values, percent-encoded, in the charset that the request names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias
from urllib.parse import unquote_plus

from gateway.errors import BadRequest
from gateway.inputs.arriving import MOST_FIELDS
from gateway.inputs.long_text import IN_FORM, LONG, EscapedText, LongText
from gateway.spool import SpooledBlob

# Those that browsers and libraries send. Python knows a hundred more, some of which take hours for a hostile text.
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252"})

Pair: TypeAlias = tuple[str, "str | LongText"]


def parse_form(body: bytes, charset: str) -> list[Pair]:
    """The fields of a form that is in memory.

    Raises:
        BadRequest: too many fields, an unknown charset, or bytes that are not of it.
    """
    return [
        (_text(body[at:equals], charset), _text(body[equals + 1 : stop], charset)) for at, equals, stop in _places(body)
    ]


def parse_long_form(spooled: SpooledBlob, charset: str) -> list[Pair]:
    """The same for a form of megabytes, its long values as `LongText`. Blocks."""
    body = spooled.read()
    pairs: list[Pair] = []
    for at, equals, stop in _places(body):
        if equals - at > LONG:
            continue
        long = stop - equals > LONG
        value = (
            EscapedText(spooled.part(equals + 1, stop), IN_FORM) if long else _text(body[equals + 1 : stop], charset)
        )
        pairs.append((_text(body[at:equals], charset), value))
    return pairs


def _places(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each field begins, where its equals sign stands or should, and where it is over."""
    if body.count(b"&") >= MOST_FIELDS:
        raise BadRequest(f"More than {MOST_FIELDS} fields were sent")
    at, end = 0, len(body) - (body.endswith(b"\n") + body.endswith(b"\r\n"))
    while at < end:
        stop = body.find(b"&", at, end)
        stop = end if stop < 0 else stop
        equals = body.find(b"=", at, stop)
        yield at, stop if equals < 0 else equals, stop
        at = stop + 1


def _text(encoded: bytes, charset: str) -> str:
    try:
        return unquote_plus(_known(charset, encoded), charset, errors="strict")
    except UnicodeDecodeError:  # which would show the field to whoever reads the log
        raise BadRequest("The form is not text in the charset that it names, or in UTF-8") from None


def _known(charset: str, encoded: bytes) -> str:
    if charset.lower() not in _CHARSETS:
        raise BadRequest("The charset of the form is not known; send UTF-8")
    return encoded.decode(charset)
