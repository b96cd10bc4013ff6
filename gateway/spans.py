"""What the work inside a request tells of itself: spans of the running trace, where somebody records it.

Where nobody does, `span` costs one look at a context variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from gateway.trace import Trace, current_trace

Value: TypeAlias = str | bool | int | float


class Span(AbstractContextManager["Span"], Protocol):
    """One piece of work: what happens inside belongs to it. An error that leaves it is told by its type alone."""

    def tell(self, name: str, value: Value) -> None:
        """Add an attribute: never a prompt, a token, or an address that a client gave."""

    def fail(self, kind: str) -> None:
        """It did not end well; `kind` is one of few words."""


class Recorder(Protocol):
    def child(self, trace: Trace, name: str, *, remote: bool, attributes: Mapping[str, Value]) -> Span:
        """A span below `trace`. `remote`: somebody else is asked to do the work."""


def span(name: str, *, remote: bool = False, **attributes: Value) -> Span:
    """A span of the running request. Keywords are attributes below `gateway.`, such as `upstream` or `operation`."""
    trace = current_trace.get()
    if trace is None or trace.recorder is None:
        return UNRECORDED
    named = {f"gateway.{key}": value for key, value in attributes.items()}
    return trace.recorder.child(trace, name, remote=remote, attributes=named)


class _Unrecorded:
    def tell(self, name: str, value: Value) -> None:
        """Nobody listens."""

    def fail(self, kind: str) -> None:
        """Likewise."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing was begun."""


UNRECORDED: Span = _Unrecorded()
