"""JSON as nobody should send it: a picture or a refusal, and nothing that a parser could read in two ways (R1)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import chain

from hypothesis import strategies as st
from support.effort import Effort
from support.hostile_json import BODIES, NAMES, PICTURE, VALUES, written
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.plain_http import send
from support.verdicts import no_fault_of_ours

from gateway.errors import BadRequest, GatewayError, PayloadTooLarge
from gateway.inputs.json_body import parse_object
from gateway.inputs.long_text import MOST_TEXT, LongText, parse_long_object
from gateway.spool import Spool, SpooledBlob

JSON = {"Content-Type": "application/json"}


def test_whatever_is_sent_as_json_is_answered_or_refused(effort: Effort, address: str) -> None:
    def holds(path: str, body: bytes) -> None:
        no_fault_of_ours(send(address, "POST", path, JSON, body))

    effort.check(40, holds, path=st.sampled_from([GENERATIONS, EDITS, UPSCALE]), body=BODIES)


def test_one_odd_field_among_good_ones(effort: Effort, address: str) -> None:
    """So that what reads the fields is reached, and the drivers behind it."""

    def holds(path: str, name: str, value: str) -> None:
        good = {"prompt": '"a"', "image": f'"{PICTURE}"', "n": "1"}
        body = written(list({**good, name: value}.items())).encode("utf-8", "replace")
        no_fault_of_ours(send(address, "POST", path, JSON, body))

    effort.check(50, holds, path=st.sampled_from([GENERATIONS, EDITS, UPSCALE]), name=NAMES, value=VALUES)


def test_a_hundred_thousand_keys_are_refused_at_once(painted: str) -> None:
    members = ",".join(f'"{number}":0' for number in range(100_000))

    for body in (f"{{{members}}}", f'{{"prompt":{{{members}}}}}', f'{{"prompt":[{members.replace(":0", "")}]}}'):
        reply = send(painted, "POST", GENERATIONS, JSON, body.encode())
        no_fault_of_ours(reply)
        assert reply.status in {400, 413}


def test_what_is_taken_is_what_every_parser_reads(effort: Effort) -> None:
    def holds(body: bytes) -> None:
        try:
            found = parse_object(body)
        except BadRequest:
            return
        assert found == json.loads(body.decode())
        assert body.lstrip()[:1] == b"{"
        assert all(_is_plain(value) for value in _all(found))

    effort.check(150, holds, body=BODIES)


def test_a_long_body_is_read_like_a_short_one(effort: Effort) -> None:
    """Its long texts stay on disk and the rest goes through the same parser: no body is read in two ways."""

    def holds(body: bytes) -> None:
        found = _read(lambda: _restored(parse_long_object(_spooled(body))))
        too_much = len(body) > MOST_TEXT and found is PayloadTooLarge  # before anybody looks at what it is
        assert too_much or found == _read(lambda: parse_object(body))

    effort.check(60, holds, body=BODIES)


def _spooled(body: bytes) -> SpooledBlob:
    blob = Spool(in_memory=0).keep(body or b" ")
    assert isinstance(blob, SpooledBlob)
    return blob


def _read(read: object) -> object:
    assert callable(read)
    try:
        return read()
    except GatewayError as error:
        return type(error)
    except ValueError:  # escapes of a long text that no picture has
        return BadRequest


def _restored(value: object) -> object:
    match value:
        case LongText():
            return value.read().decode()
        case dict():
            return {name: _restored(item) for name, item in value.items()}
        case list():
            return [_restored(item) for item in value]
        case _:
            return value


def _all(value: object) -> list[object]:
    match value:
        case Mapping():
            return [value, *value, *chain.from_iterable(_all(item) for item in value.values())]
        case list():
            return [value, *chain.from_iterable(_all(item) for item in value)]
        case _:
            return [value]


def _is_plain(value: object) -> bool:
    """Whether it can be written again, as JSON and as text."""
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, str) or value.isascii() or value.encode().decode() == value
