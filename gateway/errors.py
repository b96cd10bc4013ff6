"""Every way a request can fail, and what its caller is told.

    GatewayError
    ├── BadRequest            400  a bad or missing field, a picture that is not one, a refused prompt
    ├── Unauthorized          401  no token, or not one of ours
    ├── Forbidden             403  a token not allowed this, a browser origin not allowed
    ├── NotFound              404  an unknown route, a picture that expired
    ├── MethodNotAllowed      405
    ├── PayloadTooLarge       413
    ├── UriTooLong            414
    ├── UnsupportedMediaType  415
    ├── RangeNotSatisfiable   416
    ├── KeyReused             422  an Idempotency-Key used before with another request
    ├── RateLimited           429  this gateway's limit, or every backend's
    ├── UpstreamFailed        500  the backend's fault
    ├── InternalError         500  ours
    ├── Unavailable           503  draining, overloaded, no backend, store full or down
    └── PollingTimeout        504  the request's one deadline has passed

The words of an error are public. What only operators may know goes into the cause or the log.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import ClassVar

INVALID_REQUEST = "invalid_request_error"
RATE_LIMIT = "rate_limit_error"
API_ERROR = "api_error"

# The official OpenAI client gives up at once when it is told to wait longer than this many seconds.
LONGEST_RETRY_AFTER = 120


def forget_traces(error: BaseException) -> None:
    """Let go of all that an expected failure saw on its way: uploads, their files, and whoever holds the error itself.

    What remains is freed at once, instead of when the collector of cycles comes by.
    """
    current: BaseException | None = error
    while current is not None:
        current.__traceback__ = None
        current.__context__ = current.__cause__
        current = current.__cause__


class GatewayError(Exception):
    """A failure with its status, the four keys of the error object, and a short stable label for metrics."""

    status: ClassVar[int]
    type: ClassVar[str]
    label: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.headers = headers

    def body(self) -> dict[str, dict[str, str | None]]:
        """The error object as the published API writes it: always all four keys."""
        return {
            "error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code},
        }


class BadRequest(GatewayError):
    status, type, label = 400, INVALID_REQUEST, "bad_request"

    @classmethod
    def field(cls, name: str, accepted: str, *, required: bool = True) -> BadRequest:
        """The published sentence for a missing or bad field, followed by what is accepted."""
        what = "Missing or invalid required parameter" if required else "Invalid parameter"
        return cls(f"{what}: {name}. {accepted}", param=name)

    @classmethod
    def picture(cls, name: str, accepted: str) -> BadRequest:
        """The same for `image`, which is required, and `mask`, which is not."""
        return cls.field(name, accepted, required=name == "image")


class Unauthorized(GatewayError):
    status, type, label = 401, INVALID_REQUEST, "unauthorized"

    def __init__(self, message: str) -> None:
        super().__init__(message, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"})


class Forbidden(GatewayError):
    status, type, label = 403, INVALID_REQUEST, "forbidden"


class NotFound(GatewayError):
    status, type, label = 404, INVALID_REQUEST, "not_found"


class Gone(NotFound):
    """For a name that is not ours, a picture that is unknown, gone or damaged, and a link that is not good: the same
    words for all, so that nobody learns which it is.
    """

    WORDS = "Image not found or expired"

    def __init__(self) -> None:
        super().__init__(self.WORDS)


class MethodNotAllowed(GatewayError):
    status, type, label = 405, INVALID_REQUEST, "method_not_allowed"

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"Method {method} is not allowed here. Allowed: {allowed}", headers={"Allow": allowed})


class PayloadTooLarge(GatewayError):
    status, type, label = 413, INVALID_REQUEST, "payload_too_large"


class UriTooLong(GatewayError):
    status, type, label = 414, INVALID_REQUEST, "uri_too_long"


class UnsupportedMediaType(GatewayError):
    status, type, label = 415, INVALID_REQUEST, "unsupported_media_type"


class RangeNotSatisfiable(GatewayError):
    status, type, label = 416, INVALID_REQUEST, "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        super().__init__(f"The picture has {size} bytes", headers={"Content-Range": f"bytes */{size}"})


class KeyReused(GatewayError):
    status, type, label = 422, INVALID_REQUEST, "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used before with another request", param="Idempotency-Key")


class RateLimited(GatewayError):
    status, type, label = 429, RATE_LIMIT, "rate_limited"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message, code="rate_limit_exceeded", headers=retry_after_header(retry_after))


class UpstreamFailed(GatewayError):
    """A backend did not do the work, and asking again at once would only be billed again."""

    status, type, label = 500, API_ERROR, "upstream_failed"

    def __init__(self, upstream_status: int, reason: str | None = None) -> None:
        words = reason or phrase(upstream_status)
        super().__init__(
            f"Upstream API error: {upstream_status} - {words}",
            headers={"x-should-retry": "false"},
        )


class InternalError(GatewayError):
    status, type, label = 500, API_ERROR, "internal_error"

    def __init__(self, message: str = "Internal server error") -> None:
        super().__init__(message)


class Unavailable(GatewayError):
    status, type, label = 503, API_ERROR, "unavailable"

    def __init__(self, message: str, *, retry_after: float = 5) -> None:
        super().__init__(message, headers=retry_after_header(retry_after))


class PollingTimeout(GatewayError):
    status, type, label = 504, API_ERROR, "timeout"

    def __init__(self, *, sent: bool) -> None:
        """`sent`: whether an upstream had been asked, so that a retry by the client would be billed again."""
        super().__init__("Server polling timeout", headers={"x-should-retry": "false"} if sent else {})


def phrase(status: int) -> str:
    """The standard words of a status, never those that an upstream sent."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unexpected status"


def retry_after_header(seconds: float) -> dict[str, str]:
    """`Retry-After` in whole seconds, from 1 to what clients still obey."""
    return {"Retry-After": str(max(1, min(LONGEST_RETRY_AFTER, math.ceil(seconds))))}
