"""One escaped line an event, whatever a client sends (U8)."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.logs import LONGEST_VALUE, JsonFormatter, TextFormatter, current_request_id

HOSTILE = [
    "a\nb",
    "a\r\nb",
    "\x1b[31mred",
    "a\u202egnp.exe",
    "\x00",
    "\u2028",
    "a b",
    'say "x"',
    "a=b",
    "",
    "é",
    "\ud800",
]


def record(message: str = "event", **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("gateway.test", logging.INFO, "file", 1, message, (), None)
    made.fields = fields
    return made


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_in_its_line(value: str) -> None:
    text = TextFormatter().format(record(value, field=value))
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(JsonFormatter().format(record(value, field=value)))["field"] == value


@given(st.text())
def test_any_text_is_one_line_in_both_formats(value: str) -> None:
    assert TextFormatter().format(record(value, field=value)).isprintable()
    line = JsonFormatter().format(record(value, field=value))
    assert "\n" not in line
    assert json.loads(line)["level"] == "info"


def test_long_values_are_cut() -> None:
    line = TextFormatter().format(record(field="x" * 10_000))
    assert len(line) < LONGEST_VALUE + 200


def test_the_request_id_of_the_running_request_is_added() -> None:
    token = current_request_id.set("abc")
    try:
        assert "request_id=abc" in TextFormatter().format(record())
    finally:
        current_request_id.reset(token)


def test_a_traceback_is_one_line() -> None:
    error = RuntimeError("first\nsecond")
    made = record("failed")
    made.exc_info = (RuntimeError, error, None)
    text = TextFormatter().format(made)
    assert text.isprintable()
    assert "first\\x0asecond" in text
