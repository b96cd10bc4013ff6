"""What a client is told when no backend gave a picture."""

from __future__ import annotations

import pytest

from gateway.errors import BadRequest, GatewayError, PollingTimeout, RateLimited, Unavailable, UpstreamFailed
from gateway.upstreams.base import Ambiguous, ContentRefused, EmptyAnswer, NotSent, Refused, Rejected, UpstreamError
from gateway.upstreams.verdict import verdict

SECRET = "words of the provider"
DOWN = NotSent(SECRET)
BUSY = Refused(SECRET, status=429)


def told(*failures: UpstreamError) -> tuple[type[GatewayError], str]:
    error = verdict(failures)
    assert SECRET not in error.message
    return type(error), error.message


@pytest.mark.parametrize(
    ("failures", "kind", "message"),
    [
        ([DOWN, DOWN], Unavailable, "No backend of this model can be reached"),
        ([BUSY, BUSY], RateLimited, "Every backend of this model is at its rate limit"),
        ([BUSY, DOWN], RateLimited, "Every backend of this model is at its rate limit"),
        ([BUSY, Refused(SECRET, status=500)], UpstreamFailed, "Upstream API error: 500 - Internal Server Error"),
        ([Refused(SECRET, status=500), BUSY], UpstreamFailed, "Upstream API error: 429 - Too Many Requests"),
        ([Refused(SECRET, status=503), DOWN], UpstreamFailed, "Upstream API error: 503 - Service Unavailable"),
        ([Refused(SECRET)], UpstreamFailed, "Upstream API error: 500 - the job failed"),
        ([Rejected(SECRET, status=401)], UpstreamFailed, "Upstream API error: 401 - Unauthorized"),
        ([Rejected(SECRET, status=799)], UpstreamFailed, "Upstream API error: 799 - Unexpected status"),
        ([EmptyAnswer(SECRET, status=200)], UpstreamFailed, "Upstream API error: 200 - no image in the answer"),
        ([EmptyAnswer(SECRET)], UpstreamFailed, "Upstream API error: 200 - no image in the answer"),
        ([Ambiguous(SECRET)], UpstreamFailed, "Upstream API error: 502 - connection lost"),
        ([Ambiguous(SECRET, status=504)], UpstreamFailed, "Upstream API error: 504 - Gateway Timeout"),
        ([Ambiguous(SECRET, timed_out=True)], PollingTimeout, "Server polling timeout"),
    ],
)
def test_the_last_attempt_that_was_sent_decides(
    failures: list[UpstreamError], kind: type[GatewayError], message: str
) -> None:
    assert told(*failures) == (kind, message)


def test_refused_content_is_the_clients_to_change() -> None:
    error = verdict([ContentRefused(SECRET, status=200)])

    assert isinstance(error, BadRequest)
    assert (error.param, error.code) == ("prompt", "content_policy_violation")


def test_refused_content_is_the_reason_also_when_a_call_beside_it_failed_otherwise() -> None:
    assert isinstance(verdict([ContentRefused(SECRET), Refused(SECRET, status=500)]), BadRequest)


def test_a_rate_limit_passes_on_the_shortest_wait() -> None:
    error = verdict([Refused(SECRET, status=429, retry_after=40), Refused(SECRET, status=429, retry_after=7), BUSY])

    assert error.headers["Retry-After"] == "7"


@pytest.mark.parametrize(("asked", "said"), [(None, "1"), (0.0, "1"), (1e9, "120"), (2.2, "3")])
def test_a_wait_is_one_that_clients_obey(asked: float | None, said: str) -> None:
    error = verdict([Refused(SECRET, status=429, retry_after=asked)])

    assert error.headers["Retry-After"] == said


@pytest.mark.parametrize(
    ("failure", "told_not_to"),
    [(Refused(SECRET, status=500), True), (Ambiguous(SECRET, timed_out=True), True), (DOWN, False), (BUSY, False)],
)
def test_clients_are_told_not_to_repeat_what_was_sent_and_failed(failure: UpstreamError, told_not_to: bool) -> None:  # noqa: FBT001 - a table of cases
    headers = verdict([failure]).headers

    assert (headers.get("x-should-retry") == "false") is told_not_to
    assert ("Retry-After" in headers) is not told_not_to
