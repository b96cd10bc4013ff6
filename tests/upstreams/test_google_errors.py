"""Google's error objects, in every wrapping that was seen, and what they mean."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.upstreams.base import Ambiguous, ContentRefused, EmptyAnswer, Refused, Rejected, UpstreamError
from gateway.upstreams.google_errors import DAILY_WAIT, GoogleError, google_failure, read_error
from gateway.upstreams.http import HttpAnswer

INFO = "type.googleapis.com/google.rpc.ErrorInfo"
RETRY = "type.googleapis.com/google.rpc.RetryInfo"
QUOTA = "type.googleapis.com/google.rpc.QuotaFailure"


def body(status: str, *details: object, message: str = "words") -> dict[str, Any]:
    return {"error": {"code": 1, "message": message, "status": status, "details": list(details)}}


def answer(status: int, content: object, **headers: str) -> HttpAnswer:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        [[]],
        {"error": "words"},
        {"error": {"details": {}}},
        {"error": {"details": [1, {"violations": 1}]}},
    ],
)
def test_what_is_no_error_object_says_nothing(content: object) -> None:
    assert read_error(content) == GoogleError()


def test_an_error_in_a_list_of_one_is_read() -> None:
    assert read_error([body("UNAVAILABLE")]).status == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("7s", 7.0), ("0.5s", 0.5), ("13.251839205s", 13.251839205), ("0s", 0.0), ("7", None), ("-1s", None), (7, None)],
)
def test_the_delay_is_a_protobuf_duration(written: object, seconds: float | None) -> None:
    assert read_error(body("RESOURCE_EXHAUSTED", {"@type": RETRY, "retryDelay": written})).retry_delay == seconds


@pytest.mark.parametrize(
    ("violation", "daily"),
    [
        ({"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}, True),
        ({"quotaMetric": "generativelanguage.googleapis.com/generate_requests_per_model_per_day"}, True),
        ({"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}, False),
        ({}, False),
    ],
)
def test_a_daily_quota_is_told_from_one_of_a_minute(violation: object, *, daily: bool) -> None:
    assert read_error(body("RESOURCE_EXHAUSTED", {"@type": QUOTA, "violations": [violation]})).daily is daily


@pytest.mark.parametrize(
    ("status", "content", "outcome"),
    [
        (400, body("INVALID_ARGUMENT"), Rejected),
        (400, body("INVALID_ARGUMENT", {"@type": INFO, "reason": "API_KEY_INVALID"}), Rejected),
        (400, body("FAILED_PRECONDITION"), Rejected),
        (401, body("UNAUTHENTICATED"), Rejected),
        (403, body("PERMISSION_DENIED"), Rejected),
        (404, [body("NOT_FOUND")], Rejected),
        (429, body("RESOURCE_EXHAUSTED"), Refused),
        (499, body("CANCELLED"), Rejected),
        (500, body("INTERNAL"), Refused),
        (502, b"<html>Bad Gateway</html>", Ambiguous),
        (503, b"", Refused),
        (504, body("DEADLINE_EXCEEDED"), Ambiguous),
        (307, b"", Rejected),
        (204, b"", EmptyAnswer),
        (400, body("INVALID_ARGUMENT", message="It violates our Responsible AI practices."), ContentRefused),
        (400, body("INVALID_ARGUMENT", message="... usage guidelines. Support codes: 58061214"), ContentRefused),
        (403, body("PERMISSION_DENIED", message="Accept the usage guidelines first"), Rejected),
    ],
)
def test_every_status_has_its_outcome(status: int, content: object, outcome: type[UpstreamError]) -> None:
    failure = google_failure(answer(status, content))
    assert type(failure) is outcome
    assert failure.status == status


@pytest.mark.parametrize(
    ("details", "headers", "seconds"),
    [
        ([], {}, None),
        ([], {"retry_after": "3"}, 3),
        ([{"@type": RETRY, "retryDelay": "7s"}], {}, 7),
        ([{"@type": RETRY, "retryDelay": "7s"}], {"retry_after": "3"}, 7),
        ([{"@type": RETRY, "retryDelay": "7s"}], {"retry_after": "30"}, 30),
        (
            [{"@type": QUOTA, "violations": [{"quotaId": "PerDay"}]}, {"@type": RETRY, "retryDelay": "7s"}],
            {},
            DAILY_WAIT,
        ),
    ],
)
def test_the_longest_wait_that_was_asked_for_holds(
    details: list[object], headers: dict[str, str], seconds: float | None
) -> None:
    assert google_failure(answer(429, body("RESOURCE_EXHAUSTED", *details), **headers)).retry_after == seconds


def test_the_log_is_told_codes_and_no_words() -> None:
    content = body("INVALID_ARGUMENT", {"@type": INFO, "reason": "API_KEY_INVALID"}, message="a cat's prompt")
    assert google_failure(answer(400, content)).detail == "INVALID_ARGUMENT API_KEY_INVALID"
    assert google_failure(answer(400, body("bad\nline", {"reason": "x y"}))).detail == "no code"
