"""Long base64 texts are cut out of an answer without changing what it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.upstreams.long_texts import SHORTEST, parse

LONG = "QUJD" * SHORTEST


def texts_of(body: bytes) -> list[str]:
    texts = parse(body, "b64_json")
    assert isinstance(texts.document, dict)
    found = [texts(item["b64_json"]) for item in texts.document["data"]]
    return [text if isinstance(text, str) else bytes(text).decode() for text in found]


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": "), (" ,\n", " :\t")])
def test_every_long_text_is_found(separators: tuple[str, str]) -> None:
    data = [{"b64_json": LONG}, {"b64_json": "short"}, {"b64_json": LONG + "AAAA", "revised_prompt": 'a "quoted" é'}]
    body = json.dumps({"created": 1, "data": data}, separators=separators).encode()
    assert texts_of(body) == [item["b64_json"] for item in data]


def test_long_texts_are_not_copied() -> None:
    body = json.dumps({"data": [{"b64_json": LONG}]}).encode()
    texts = parse(body, "b64_json")
    assert isinstance(texts.document, dict)
    view = texts(texts.document["data"][0]["b64_json"])
    assert isinstance(view, memoryview)
    assert view.obj is body


@pytest.mark.parametrize("body", [b"", b"<html>", b"{" * 5000, b'{"b64_json":"' + b"A" * 5000, b"\xff" * 5000])
def test_what_is_no_json_is_none(body: bytes) -> None:
    assert parse(body, "b64_json").document is None


def test_escaped_texts_are_parsed_whole() -> None:
    body = b'{"data":[{"b64_json":"' + b"AA\\/A" * SHORTEST + b'"}]}'
    assert texts_of(body) == ["AA/A" * SHORTEST]


def test_a_prompt_that_speaks_of_the_key_changes_nothing() -> None:
    prompt = '"b64_json":"' + "x" * 2000
    body = json.dumps({"data": [{"b64_json": LONG, "revised_prompt": prompt}]}).encode()
    texts = parse(body, "b64_json")
    assert isinstance(texts.document, dict)
    assert texts.document["data"][0]["revised_prompt"] == prompt


@given(st.lists(st.text(min_size=SHORTEST, max_size=2 * SHORTEST) | st.text(max_size=5), max_size=3), st.text())
def test_it_says_what_a_full_parse_says(values: list[str], prompt: str) -> None:
    body = json.dumps({"data": [{"b64_json": value, "p": prompt} for value in values]}).encode()
    assert texts_of(body) == values
