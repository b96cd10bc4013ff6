"""JSON bodies of megabytes: their pictures stay on disk, and what else there is of them must be little (R1, I6)."""

from __future__ import annotations

import base64
import json
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadRequest, PayloadTooLarge
from gateway.inputs.json_body import parse_object
from gateway.inputs.long_text import LONG, MOST_TEXT, LongText, parse_long_object
from gateway.spool import Spool, SpooledBlob

PICTURE = base64.b64encode(bytes(range(256)) * 400).decode()


def spooled(body: bytes | str) -> SpooledBlob:
    blob = Spool(in_memory=0).keep(body.encode() if isinstance(body, str) else body)
    assert isinstance(blob, SpooledBlob)
    return blob


def whole(value: object) -> object:
    """With every long text in its place."""
    match value:
        case LongText():
            return bytes(value.read()).decode()
        case list():
            return [whole(item) for item in value]
        case dict():
            return {name: whole(item) for name, item in value.items()}
        case _:
            return value


@pytest.mark.parametrize(
    "members",
    [
        {"prompt": "a hill", "image": PICTURE},
        {"image": [PICTURE, "https://example.com/a.png", f"data:image/png;base64,{PICTURE}"], "mask": PICTURE},
        {"prompt": 'say "hi" \\', "deep": {"er": [{"x": PICTURE}]}, "n": 2, "image": PICTURE.replace("A", "A\n")},
    ],
)
def test_it_reads_what_the_plain_parser_reads(members: dict[str, object]) -> None:
    body = json.dumps(members)

    found = parse_long_object(spooled(body))

    assert whole(found) == parse_object(body.encode()) == members
    assert PICTURE not in str(found)


@pytest.mark.parametrize("body", ['{"%s": 1}', '{"a": {"%s": 1}}', '{"a": [{"%s": 1, "%s": 2}]}'])
def test_a_key_is_no_picture(body: str) -> None:
    with pytest.raises(PayloadTooLarge, match=f"a key of more than {LONG} bytes"):
        parse_long_object(spooled(body.replace("%s", PICTURE)))


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.replace("/", "\\/"),  # PHP
        lambda text: text.replace("+", "\\u002B"),  # .NET
        lambda text: text.replace("Q", "Q\\r\\n"),
    ],
)
def test_escapes_are_undone_wherever_a_piece_ends(write: object) -> None:
    assert callable(write)
    text = PICTURE * 4

    found = parse_long_object(spooled('{"image": "' + write(text) + '"}'))["image"]

    assert isinstance(found, LongText)
    assert bytes(found.read()).replace(b"\r\n", b"").decode() == text


@pytest.mark.parametrize("broken", ["\\x41", "\\u00", "\\", "\n", "\t"])
def test_a_long_text_with_broken_escapes_is_known_when_it_is_read(broken: str) -> None:
    found = parse_long_object(spooled('{"image": "' + PICTURE + broken + 'A"}'))["image"]

    assert isinstance(found, LongText)
    with pytest.raises(ValueError):  # noqa: PT011 - json's own, and ours
        found.read()


@pytest.mark.parametrize(
    "broken", ['{"image": "%s', '{"image": "%s"', '["%s"]', '{"image": "%s"} {}', '{"a": 1, "a": "%s"}']
)
def test_the_rest_is_read_as_strictly_as_ever(broken: str) -> None:
    with pytest.raises((BadRequest, PayloadTooLarge)):
        parse_long_object(spooled(broken % PICTURE))


BOMBS = {
    "lists": b'{"a": [' + b"[]," * 2_000_000 + b"[]]}",
    "keys": b"{" + b",".join(b'"k%d":1' % number for number in range(300_000)) + b"}",
    "numbers": b'{"a": [' + b"0," * 2_000_000 + b"0]}",
    "digits": b'{"a": ' + b"9" * 5_000_000 + b"}",
    "short texts": b'{"a": [' + b'"",' * 2_000_000 + b'""]}',
    "quotes": b'{"a": "' + b'\\"' * 3_000_000 + b'"}',
    "backslashes": b'{"a": "' + b"\\\\" * 3_000_000 + b'"}',
    "blanks": b"{" + b" " * 5_000_000 + b"}",
    "many that nearly are pictures": b'{"a": [' + (b'"' + b"A" * LONG + b'\\"",') * 400 + b'""]}',
    "many that end in backslashes": b'{"a": [' + (b'"' + b"A" * LONG + b"\\\\" * 500 + b'",') * 400 + b'""]}',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_body_that_is_large_without_pictures_never_becomes_objects(name: str) -> None:
    body = spooled(BOMBS[name])
    tracemalloc.start()
    started = time.process_time()  # what others do on the machine does not count

    with pytest.raises(PayloadTooLarge):
        parse_long_object(body)

    assert time.process_time() - started < 2
    assert tracemalloc.get_traced_memory()[1] < 2 * len(BOMBS[name]) + 2 * MOST_TEXT
    tracemalloc.stop()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=20) | st.just(PICTURE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(st.text(max_size=9), VALUES, max_size=5))
def test_any_document_is_the_same_by_both_ways(members: dict[str, object]) -> None:
    body = json.dumps(members, ensure_ascii=False)

    assert whole(parse_long_object(spooled(body))) == parse_object(body.encode())
