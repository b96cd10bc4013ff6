"""What an upstream calls pictures becomes those that are, and an outcome only where none is."""

from __future__ import annotations

import pytest

from gateway.upstreams.base import Ambiguous, EmptyAnswer, UpstreamError
from gateway.upstreams.results import those_of


async def reading(result: str | Exception) -> str:
    if isinstance(result, Exception):
        raise result
    return result


async def test_what_fails_does_not_cost_its_siblings() -> None:
    results: list[str | Exception] = [EmptyAnswer("bad"), "one", Ambiguous("gone"), "two"]

    assert await those_of(reading(result) for result in results) == ("one", "two")


async def test_nothing_gives_nothing() -> None:
    assert await those_of([reading(result) for result in list[str]()]) == ()


@pytest.mark.parametrize(
    ("failures", "outcome"),
    [
        ([EmptyAnswer("bad")], EmptyAnswer),
        ([EmptyAnswer("bad"), EmptyAnswer("bad")], EmptyAnswer),
        ([EmptyAnswer("bad"), Ambiguous("gone")], Ambiguous),
    ],
)
async def test_where_all_fail_the_outcome_is_that_which_forbids_most(
    failures: list[UpstreamError], outcome: type[UpstreamError]
) -> None:
    with pytest.raises(outcome):
        await those_of(reading(failure) for failure in failures)


async def test_a_fault_of_ours_is_hidden_by_no_picture() -> None:
    with pytest.raises(ZeroDivisionError):
        await those_of(reading(result) for result in ("one", ZeroDivisionError()))
