"""Every failure says what to do, and whether the same may go well later."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.client.failures import FAILED, LATER, Answered, Lost, Unreached, Unusable


@pytest.mark.parametrize(
    ("status", "more", "exit_status", "says"),
    [
        (400, {}, FAILED, ""),
        (400, {"code": "model_not_found"}, FAILED, "/v1/models"),
        (400, {"code": "content_policy_violation"}, FAILED, "other words"),
        (401, {}, FAILED, "NANO_BANANA_TOKEN"),
        (401, {"with_token": True}, FAILED, "not this gateway's token"),
        (403, {}, FAILED, "operator"),
        (404, {}, FAILED, "--gateway"),
        (413, {}, FAILED, "smaller"),
        (422, {}, FAILED, "--key"),
        (429, {"retry_after": 7}, LATER, "in 7 s"),
        (503, {}, LATER, "later"),
        (500, {}, LATER, "Ask again"),
        (500, {"should_retry": False}, FAILED, "billed"),
        (504, {}, LATER, "Ask again"),
        (504, {"should_retry": False}, FAILED, "billed"),
    ],
)
def test_an_answer_says_what_to_do(status: int, more: dict[str, Any], exit_status: int, says: str) -> None:
    failure = Answered(status, "words", **more)

    assert (str(failure), failure.exit_status) == (f"{status}: words", exit_status)
    assert says in failure.advice
    assert bool(failure.advice) == bool(says)


def test_a_lost_connection_names_the_key_that_pays_once() -> None:
    assert "--key abc" in Lost("gone", "abc").advice
    assert Lost("gone", "abc").exit_status == LATER


def test_an_address_where_nobody_is_may_answer_later() -> None:
    assert "--gateway" in Unreached("x").advice
    assert Unreached("x", "y").advice == "y"
    assert Unreached("x").exit_status == LATER


def test_what_cannot_be_used_must_change() -> None:
    assert (Unusable("x").advice, Unusable("x", "y").advice, Unusable("x").exit_status) == ("", "y", FAILED)
