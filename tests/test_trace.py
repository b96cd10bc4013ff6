"""W3C Trace Context: what is taken, and what is handed on."""

from __future__ import annotations

import pytest

from gateway.trace import Trace, current_trace, onward, parse

TRACE_ID, SPAN_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE_ID}-{SPAN_ID}-01"


def test_a_trace_goes_on_under_the_gateways_own_part() -> None:
    came = parse([PARENT], ["vendor=1", "other=2"])

    assert came is not None
    own = came.continued("b" * 16)
    assert own.parent == f"00-{TRACE_ID}-{'b' * 16}-01"
    assert own.state == "vendor=1,other=2"


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("ff", True)])
def test_only_a_recorded_trace_becomes_an_exemplar(flags: str, sampled: bool) -> None:  # noqa: FBT001 - a row of the table
    came = parse([f"00-{TRACE_ID}-{SPAN_ID}-{flags}"], [])

    assert came is not None
    assert came.exemplar == ({"trace_id": TRACE_ID} if sampled else None)


def test_a_later_version_may_say_more() -> None:
    assert parse([f"01-{TRACE_ID}-{SPAN_ID}-01-more"], []) is not None


@pytest.mark.parametrize(
    "parents",
    [
        [],
        [""],
        [PARENT, PARENT],
        [PARENT.upper()],
        [f"{PARENT}-more"],
        [f" {PARENT}"],
        [f"ff-{TRACE_ID}-{SPAN_ID}-01"],
        [f"00-{'0' * 32}-{SPAN_ID}-01"],
        [f"00-{TRACE_ID}-{'0' * 16}-01"],
        [f"00-{TRACE_ID[1:]}-{SPAN_ID}-01"],
        [f"00-{TRACE_ID}-{SPAN_ID}-1"],
        ["00-٤bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01"],
    ],
)
def test_what_is_not_well_formed_is_no_trace(parents: list[str]) -> None:
    assert parse(parents, []) is None


@pytest.mark.parametrize("states", [[], ["x" * 513], ["a=\x01"], ["ä=1"]])
def test_a_state_that_cannot_be_a_header_is_left_behind(states: list[str]) -> None:
    came = parse([PARENT], states)

    assert came is not None
    assert came.state == ""


def test_upstreams_are_told_of_the_running_requests_trace_alone() -> None:
    assert onward() == {}
    token = current_trace.set(Trace(TRACE_ID, SPAN_ID, sampled=True, state="vendor=1"))
    try:
        assert onward() == {"traceparent": PARENT, "tracestate": "vendor=1"}
    finally:
        current_trace.reset(token)
