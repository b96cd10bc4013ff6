"""Urlencoded forms, small and of megabytes (R2)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from gateway.errors import BadRequest
from gateway.inputs.arriving import MOST_FIELDS
from gateway.inputs.long_text import LONG, LongText
from gateway.inputs.urlencoded import parse_form, parse_long_form
from gateway.spool import Spool, SpooledBlob


def spooled(body: bytes) -> SpooledBlob:
    blob = Spool(in_memory=-1).keep(body)
    assert isinstance(blob, SpooledBlob)
    return blob


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"", []),
        (b"a=1&b=2", [("a", "1"), ("b", "2")]),
        (b"a=+%2B%20x&b=%C3%A9\r\n", [("a", " + x"), ("b", "é")]),
        (b"a&=1&a==", [("a", ""), ("", "1"), ("a", "=")]),
        (b"a=%zz%", [("a", "%zz%")]),
    ],
)
def test_fields_in_their_order(body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert parse_form(body, "utf-8") == pairs
    assert parse_long_form(spooled(body), "utf-8") == pairs


def test_another_charset() -> None:
    assert parse_form(b"a=%E9", "windows-1252") == [("a", "é")]


@pytest.mark.parametrize("charset", ["nonsense", "utf-16", "punycode", "idna", "unicode_escape", "zlib", "utf-8\0"])
def test_charsets_that_nobody_sends_are_refused(charset: str) -> None:
    with pytest.raises(BadRequest):
        parse_form(b"prompt=a", charset)


BROKEN = [b"a=\xff", b"\xff=a", b"a=%ff", b"%FF=a", b"a=%C3", b"a=%ED%A0%80", b"a=%C0%AF", b"&" * MOST_FIELDS]


@pytest.mark.parametrize("body", [*BROKEN, b"a=1&" * (MOST_FIELDS + 1)])
def test_a_broken_form_is_a_fault_of_its_sender(body: bytes) -> None:
    """Nothing is guessed: a replacement character in a prompt would be paid for."""
    with pytest.raises(BadRequest):
        parse_form(body, "utf-8")
    with pytest.raises(BadRequest):
        parse_long_form(spooled(body), "utf-8")


def test_bytes_that_the_named_charset_does_not_have_are_refused() -> None:
    with pytest.raises(BadRequest):
        parse_form(b"prompt=%E9", "us-ascii")


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"A" * LONG * 50, b"A" * LONG * 50),
        (b"%2B%2f%3D%3d" * LONG, b"+/==" * LONG),
        (b"data%3Aimage/png%3Bbase64%2C" + b"AB+%20%0D%0a" * LONG, b"data:image/png;base64," + b"AB  \r\n" * LONG),
    ],
)
def test_a_long_value_stays_on_disk(sent: bytes, text: bytes) -> None:
    (prompt, (name, value)) = parse_long_form(spooled(b"prompt=a+hill&image=" + sent), "utf-8")

    assert prompt == ("prompt", "a hill")
    assert name == "image"
    assert isinstance(value, LongText)
    assert value.read() == text


def test_a_long_value_that_is_no_picture_costs_little() -> None:
    (_, value) = parse_long_form(spooled(b"image=" + b"%41" * 5_000_000), "utf-8")[0]
    assert isinstance(value, LongText)

    started = time.monotonic()
    with pytest.raises(ValueError, match="escape"):
        value.read()
    assert time.monotonic() - started < 1


@given(st.lists(st.tuples(st.text(min_size=1, max_size=9), st.text(max_size=9)), max_size=9))
def test_any_text_survives(pairs: list[tuple[str, str]]) -> None:
    body = URL.build(path="/", query=pairs).raw_query_string.encode()

    assert parse_form(body, "utf-8") == pairs
