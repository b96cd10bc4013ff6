"""One escaped line an event, whatever a client sends (U8)."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.logs import LONGEST_VALUE, JsonFormatter, TextFormatter, current_request_id, event, set_up

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


def read_logfmt(line: str) -> dict[str, str]:
    """The fields of a line, as common readers take them apart."""
    found = re.findall(r'([a-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^ ]*))', line.partition(": ")[2])
    return {name: re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in found}


@given(st.text(alphabet='\\\\" =abc', max_size=300))
def test_no_value_becomes_another_field(value: str) -> None:
    fields = read_logfmt(TextFormatter().format(record(path=value, caller="web")))

    assert set(fields) == {"path", "caller"}
    assert fields["caller"] == "web"
    if len(value) <= LONGEST_VALUE:
        assert fields["path"] == value


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


@pytest.fixture
def _bare_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process of its own, where nobody but the gateway listens."""
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.WARNING)
    monkeypatch.setattr(logging, "_srcfile", logging._srcfile)
    for name in ("logThreads", "logProcesses", "logMultiprocessing"):
        monkeypatch.setattr(logging, name, True)
    monkeypatch.setattr("gateway.logs._ours", [])


def test_before_it_is_set_up_an_event_harms_nobody() -> None:
    code = "import logging; from gateway.logs import event; event(logging.getLogger('a'), logging.WARNING, 'early')"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - this Python

    assert done.stderr == "early\n"


@pytest.mark.usefixtures("_bare_logging")
@pytest.mark.parametrize("style", ["text", "json"])
def test_events_and_records_of_others_come_out_alike(style: Any, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", style)
    event(logging.getLogger("gateway.test"), logging.INFO, "ours", number=1)
    event(logging.getLogger("gateway.test"), logging.DEBUG, "too quiet")
    logging.getLogger("other").warning("theirs %s", "too")

    ours, theirs = capsys.readouterr().err.splitlines()

    assert "ours" in ours
    assert "theirs too" in theirs
