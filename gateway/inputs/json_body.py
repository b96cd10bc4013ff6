"""A JSON body, read strictly: what two parsers could read in two ways is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from math import isfinite
from typing import NoReturn

from gateway.errors import BadRequest

MOST_DIGITS = 32
DEEPEST = 64
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse_object(data: bytes) -> dict[str, object]:
    """The members of the object that `data` holds.

    Raises:
        BadRequest: not UTF-8, not JSON, not an object, a key twice, NaN or Infinity, a number of more than 32
            digits or beyond what a float holds, half a surrogate pair, or nesting deeper than 64.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8 text") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise BadRequest("The JSON of the body is nested too deeply") from None
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object")
    _check_depth(value)
    if _ESCAPED_SURROGATE.search(text):
        _check_characters(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadRequest("The JSON of the body has a key twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise BadRequest(f"The JSON of the body holds {name}, which is not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise BadRequest(f"The JSON of the body holds a number of more than {MOST_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    if len(digits) > MOST_DIGITS:
        raise BadRequest(f"The JSON of the body holds a number of more than {MOST_DIGITS} digits")
    value = float(digits)
    if not isfinite(value):  # Python reads 1e999 as infinity, which no JSON could say again
        raise BadRequest("The JSON of the body holds a number that is too large")
    return value


def _check_depth(value: object) -> None:
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = [item for outer in level for item in _members(outer)]
        if not level:
            return
    raise BadRequest(f"The JSON of the body is nested deeper than {DEEPEST}")


def _check_characters(value: object) -> None:
    """Half a surrogate pair is no character: it cannot be written as UTF-8, so nobody could be told of it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadRequest("The JSON of the body holds half a surrogate pair, which is no character") from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_float
)


def _members(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
        case _:
            return ()
