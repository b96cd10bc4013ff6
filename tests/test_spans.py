"""Spans of work inside: those of the running trace, and next to nothing where nobody records it."""

from __future__ import annotations

import timeit
from collections.abc import Mapping

import pytest

from gateway.spans import UNRECORDED, Span, Value, span
from gateway.trace import Trace, current_trace


class Recorder:
    def __init__(self) -> None:
        self.begun: list[tuple[str, bool, Mapping[str, Value]]] = []

    def child(self, trace: Trace, name: str, *, remote: bool, attributes: Mapping[str, Value]) -> Span:
        assert trace.recorder is self
        self.begun.append((name, remote, attributes))
        return UNRECORDED


def test_outside_of_a_request_nothing_is_recorded() -> None:
    assert span("host", bytes=1) is UNRECORDED


def test_a_trace_that_nobody_records_has_no_spans() -> None:
    token = current_trace.set(Trace("a" * 32, "b" * 16, sampled=True))
    try:
        assert span("host") is UNRECORDED
    finally:
        current_trace.reset(token)


def test_attributes_are_told_under_the_gateways_own_name() -> None:
    recorder = Recorder()
    token = current_trace.set(Trace("a" * 32, "b" * 16, recorder=recorder))
    try:
        span("generate first", remote=True, upstream="first")
    finally:
        current_trace.reset(token)

    assert recorder.begun == [("generate first", True, {"gateway.upstream": "first"})]


def test_an_error_passes_through_where_nothing_is_recorded() -> None:
    def work() -> None:
        with span("host") as told:
            told.tell("gateway.bytes", 1)
            told.fail("kind")
            raise ValueError("words")

    with pytest.raises(ValueError, match="words"):
        work()


def test_where_nothing_is_recorded_it_costs_microseconds_at_most() -> None:
    def use() -> None:
        with span("host", operation="generate", format="png", bytes=1):
            pass

    assert min(timeit.repeat(use, number=1000, repeat=5)) < 0.02
