"""Which distributed trace a request belongs to, in the words of W3C Trace Context."""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.spans import Recorder

HEADER = "traceparent"
STATE_HEADER = "tracestate"
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(r"[\x20-\x7e]{1,512}")
_SAMPLED = 1


@dataclass(frozen=True, slots=True)
class Trace:
    trace_id: str
    """32 hexadecimal digits, the same in every service that the request comes through."""
    span_id: str
    """16 of them: this service's part."""
    sampled: bool = False
    """Whether somebody records the trace. One that was begun here is recorded only where tracing is configured."""
    state: str = ""
    """What the tracing systems in front of this gateway tell those behind it; handed on unread."""
    recorder: Recorder | None = field(default=None, compare=False, repr=False)
    """Who records the spans of this trace here; None where nobody does."""

    @property
    def parent(self) -> str:
        """The header that names this service's part as the parent of what follows."""
        return f"00-{self.trace_id}-{self.span_id}-{int(self.sampled):02x}"

    @property
    def exemplar(self) -> dict[str, str] | None:
        """For a metric's observation: the way to a recorded trace, or None where none is recorded."""
        return {"trace_id": self.trace_id} if self.sampled else None

    def continued(self, span_id: str) -> Trace:
        return replace(self, span_id=span_id)


current_trace: ContextVar[Trace | None] = ContextVar("current_trace", default=None)


def parse(parents: list[str], states: list[str]) -> Trace | None:
    """The trace that these headers tell of; None where they are none, several, or not well-formed."""
    match = _PARENT.fullmatch(parents[0]) if len(parents) == 1 else None
    if match is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    if version == "00" and more is not None:  # later versions may say more, this one says all
        return None
    state = ",".join(states)
    return Trace(trace_id, span_id, bool(int(flags, 16) & _SAMPLED), state if _STATE.fullmatch(state) else "")


def onward() -> dict[str, str]:
    """The headers of every call to an upstream."""
    trace = current_trace.get()
    if trace is None:
        return {}
    return {HEADER: trace.parent, **({STATE_HEADER: trace.state} if trace.state else {})}
