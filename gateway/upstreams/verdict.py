"""What a client is told when no upstream gave a picture."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from gateway.errors import BadRequest, GatewayError, PollingTimeout, RateLimited, Unavailable, UpstreamFailed
from gateway.hops import too_many_hops
from gateway.upstreams.base import Ambiguous, ContentRefused, EmptyAnswer, NotSent, Refused, UpstreamError

_SHORTEST_WAIT = 1
_LOST = HTTPStatus.BAD_GATEWAY


def verdict(failures: Sequence[UpstreamError]) -> GatewayError:
    """The error for a request whose every attempt failed; the last word is that of the last attempt that was sent,
    unless another found the content at fault.

    Args:
        failures: at least one, in the order they happened.
    """
    sent = [failure for failure in failures if not isinstance(failure, NotSent)]
    if not sent:
        return Unavailable("No backend of this model can be reached")
    if all(isinstance(failure, Refused) and failure.status == HTTPStatus.TOO_MANY_REQUESTS for failure in sent):
        wait = min(
            (failure.retry_after for failure in sent if failure.retry_after is not None),
            default=_SHORTEST_WAIT,
        )
        return RateLimited("Every backend of this model is at its rate limit", retry_after=wait)
    # Of calls side by side the refused content is the reason for all, whichever ended last.
    match next((failure for failure in sent if isinstance(failure, ContentRefused)), sent[-1]):
        case ContentRefused():
            return BadRequest(
                "The request was refused by the backend's content policy",
                param="prompt",
                code="content_policy_violation",
            )
        case Ambiguous(status=None, timed_out=True):
            return PollingTimeout(sent=True)
        case Ambiguous(status=None):
            return UpstreamFailed(_LOST, "connection lost")
        case EmptyAnswer(status=status):
            return UpstreamFailed(status or HTTPStatus.OK, "no image in the answer")
        case UpstreamError(status=HTTPStatus.LOOP_DETECTED):
            return too_many_hops()
        case UpstreamError(status=None):
            return UpstreamFailed(HTTPStatus.INTERNAL_SERVER_ERROR, "the job failed")
        case UpstreamError(status=int(status)):
            return UpstreamFailed(status)
    raise TypeError(failures)
