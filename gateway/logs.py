"""One escaped line an event, as text or as JSON; nothing that a client sends can forge a line."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal

from gateway.trace import current_trace

LONGEST_VALUE = 256
"""Characters of one field that are kept."""

current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)


def event(logger: logging.Logger, level: int, name: str, /, **fields: object) -> None:
    """Log `name` with fields; the request id and the trace id of the running request are added."""
    if logger.isEnabledFor(level):
        logger.log(level, name, extra={"fields": fields})


def set_up(level: str, format: Literal["text", "json"]) -> None:  # noqa: A002 - the key in gateway.yaml
    """Send every log line of the process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # No line tells where in the code it was written, so nobody has to look that up: a third of a line's cost.
    logging._srcfile = None  # noqa: SLF001 - documented under "Optimization" in the manual of logging
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # aiohttp logs the raw bytes of requests that its parser refused; the errors link says what matters.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


class TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        head = f"{_time(record)} {record.levelname.lower()} {record.name}: {_plain(record.getMessage())}"
        return " ".join([head, *(f"{name}={_quoted(value)}" for name, value in _fields(record).items())])


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _cut(record.getMessage()),
            **{name: _json_value(value) for name, value in _fields(record).items()},
        }
        return json.dumps(line, ensure_ascii=True)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: dict[str, object] = {}
    request_id = current_request_id.get()
    if request_id is not None:
        fields["request_id"] = request_id
    trace = current_trace.get()
    if trace is not None:
        fields["trace_id"] = trace.trace_id
    fields.update(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1]:
        fields["traceback"] = _Whole("".join(traceback.format_exception(record.exc_info[1])))
    return fields


class _Whole(str):
    """A text of our own that may be long, such as a traceback."""

    __slots__ = ()


def _time(record: logging.LogRecord) -> str:
    return f"{_second(int(record.created))}.{int(record.msecs):03d}Z"


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE or isinstance(text, _Whole) else text[:LONGEST_VALUE] + "..."


def _json_value(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else _cut(_as_text(value))


def _quoted(value: object) -> str:
    text = _plain(_as_text(value))
    return text if _BARE.fullmatch(text) else '"' + text.replace('"', '\\"') + '"'


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _plain(text: str) -> str:
    """Printable ASCII only: line ends, escape codes and letters that change direction are written out."""
    if len(text) <= LONGEST_VALUE and text.isascii() and text.isprintable():
        return text
    return _cut(text).encode("ascii", "backslashreplace").decode().translate(_CONTROLS)


_BARE = re.compile(r'[^ "=]+')
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
