"""One escaped line an event, as text or as JSON; nothing that a client sends can forge a line."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from abc import ABC, abstractmethod
from collections import defaultdict
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
    if not logger.isEnabledFor(level):
        return
    if _ours and logging.root.handlers == _ours:
        # Nobody else listens, so nobody needs a record: that is half of what a line costs.
        _ours[0].write(_ours[0].lines.line(time.time(), level, logger.name, name, fields))
    else:
        logger.log(level, name, extra={"fields": fields})


def set_up(level: str, format: Literal["text", "json"], worker: int | None = None) -> None:  # noqa: A002 - the key in gateway.yaml
    """Send every log line of the process to standard error. `worker`: which one this is, where there are several."""
    _standing.clear()
    if worker is not None:
        _standing["worker"] = worker
    handler = LineHandler(JsonFormatter() if format == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = _ours[:] = [handler]
    root.setLevel(level.upper())
    # No line tells where in the code it was written, so nobody has to look that up: a third of a line's cost.
    logging._srcfile = None  # noqa: SLF001 - documented under "Optimization" in the manual of logging
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # aiohttp logs the raw bytes of requests that its parser refused; the errors link says what matters.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


class LineFormatter(logging.Formatter, ABC):
    """What an event looks like; records of other libraries are made events."""

    @abstractmethod
    def line(self, moment: float, level: int, logger: str, name: str, fields: Mapping[str, object]) -> str:
        """One event as one line without its end; `moment` in seconds since 1970."""

    def format(self, record: logging.LogRecord) -> str:
        fields = dict(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1]:
            fields["traceback"] = _Whole("".join(traceback.format_exception(record.exc_info[1])))
        return self.line(record.created, record.levelno, record.name, record.getMessage(), fields)


class TextFormatter(LineFormatter):
    def line(self, moment: float, level: int, logger: str, name: str, fields: Mapping[str, object]) -> str:
        named = _named(fields)
        texts = [value if isinstance(value, str) else str(value) for value in named.values()]
        if "" in texts or not _BARE.fullmatch("".join(texts)):  # what is bare together is bare one by one
            texts = [text if _BARE.fullmatch(text) else _quoted(text) for text in texts]
        told = [f"{key}={text}" for key, text in zip(named, texts, strict=True)]
        return " ".join([f"{_time(moment)} {_LEVELS[level]} {logger}: {_plain(name)}", *told])


class JsonFormatter(LineFormatter):
    def line(self, moment: float, level: int, logger: str, name: str, fields: Mapping[str, object]) -> str:
        line: dict[str, object] = {"time": _time(moment), "level": _LEVELS[level], "logger": logger}
        line["event"] = _cut(name)
        line.update((key, _json_value(value)) for key, value in _named(fields).items())
        return json.dumps(line, ensure_ascii=True)


class LineHandler(logging.Handler):
    """Writes whole lines, each at once, so that none is lost with the process."""

    def __init__(self, lines: LineFormatter) -> None:
        super().__init__()
        self.lines = lines
        self._stream = sys.stderr

    def write(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # whoever read the log has gone: that ends no request
            return

    def emit(self, record: logging.LogRecord) -> None:
        self.write(self.lines.format(record))


_ours: list[LineHandler] = []
"""The handler of `set_up`, once there is one."""
_standing: dict[str, object] = {}
"""Fields of every line."""
_LEVELS = defaultdict(lambda: "info", {level: name.lower() for name, level in logging.getLevelNamesMapping().items()})


def _named(fields: Mapping[str, object]) -> dict[str, object]:
    """`fields`, and in front of them what is known of the process and of the running request."""
    known = {**_standing}
    request_id = current_request_id.get()
    if request_id is not None:
        known["request_id"] = request_id
    trace = current_trace.get()
    if trace is not None:
        known["trace_id"] = trace.trace_id
    return {**known, **fields}


class _Whole(str):
    """A text of our own that may be long, such as a traceback."""

    __slots__ = ()


def _time(moment: float) -> str:
    second = int(moment)
    return f"{_second(second)}.{int((moment - second) * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE or isinstance(text, _Whole) else text[:LONGEST_VALUE] + "..."


def _json_value(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else _cut(_as_text(value))


def _quoted(value: str) -> str:
    """Readers of logfmt undo a backslash inside quotes, so those of the value are doubled before ours are added."""
    text = _plain(value)
    if _BARE.fullmatch(text):
        return text
    return '"' + _shown(_cut(value).replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _plain(text: str) -> str:
    """Printable ASCII only: line ends, escape codes and letters that change direction are written out."""
    if len(text) <= LONGEST_VALUE and text.isascii() and text.isprintable():
        return text
    return _shown(_cut(text))


def _shown(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode().translate(_CONTROLS)


_BARE = re.compile(rf"[!#-<>-~]{{1,{LONGEST_VALUE + len('...')}}}")
"""Printable, and neither a blank, a quotation mark nor an equals sign."""
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
