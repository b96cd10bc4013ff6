"""The only place where an error becomes a response."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from aiohttp import hdrs, web

from gateway.errors import (
    BadRequest,
    GatewayError,
    InternalError,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    UriTooLong,
    forget_traces,
)
from gateway.logs import event
from gateway.metrics import Metrics
from gateway.middleware.links import Handler, Link
from gateway.request_keys import BROKEN_OFF

LONGEST_REASON = 100
"""Characters of the message that the status line carries: it is all that some clients show."""

_log = logging.getLogger("gateway.errors")


def errors(metrics: Metrics) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        # No name outlives an `except`: the error would keep this frame, and this frame the error and all that it
        # saw on its way, megabytes of a refused body among it.
        try:
            return await handler(request)
        except GatewayError as error:
            return _answer(request, error, metrics)
        except web.HTTPException as error:
            return _answer(request, as_ours(request, error), metrics)
        except Exception:  # noqa: BLE001 - the net: whatever else happens is our fault, and the client learns nothing of it
            _log.exception("unexpected failure")
            return _answer(request, InternalError(), metrics)

    return link


def _answer(request: web.Request, error: GatewayError, metrics: Metrics) -> web.Response:
    is_ours = error.status >= web.HTTPInternalServerError.status_code
    if not is_ours or error.label == "unavailable":
        metrics.rejected.labels(error.label).inc()
    if error.__cause__ is not None:
        level, name = (logging.WARNING, "failed") if is_ours else (logging.INFO, "refused")
        event(_log, level, name, label=error.label, cause=repr(error.__cause__))
    if request.writer.output_size > 0:
        # Another answer would be read as the rest of the first: the connection is of no more use.
        request[BROKEN_OFF] = error.status
        raise ConnectionError(f"failed after the answer had begun: {error.label}") from error
    forget_traces(error)
    return error_response(error)


def error_response(error: GatewayError, headers: Mapping[str, str] | None = None) -> web.Response:
    response = web.json_response(
        error.body(),
        status=error.status,
        reason=_one_line(error.message),
        headers={**error.headers, "Cache-Control": "no-store", **(headers or {})},
    )
    if error.headers.get(hdrs.CONNECTION) == "close":
        response.force_close()
    return response


def as_ours(request: web.BaseRequest, error: web.HTTPException) -> GatewayError:
    """What aiohttp raises by itself, in our words."""
    match error:
        case web.HTTPMethodNotAllowed():
            return MethodNotAllowed(_plain_method(request), ", ".join(sorted(error.allowed_methods)))
        case web.HTTPNotFound():
            return NotFound("Unknown route. The API is described at /openapi.json")
        case web.HTTPRequestEntityTooLarge():
            return PayloadTooLarge("The request body is too large")
        case web.HTTPRequestURITooLong():
            return UriTooLong("The request line is too long; send the request as POST")
        case web.HTTPUnsupportedMediaType():
            return UnsupportedMediaType("This Content-Type is not taken")
        case web.HTTPClientError():
            return BadRequest("The request cannot be understood")
        case _:
            return InternalError()


def _plain_method(request: web.BaseRequest) -> str:
    return request.method if request.method.isalpha() and len(request.method) <= 16 else "of this request"  # noqa: PLR2004 - longer than any registered method


def _one_line(message: str) -> str:
    plain = "".join(letter if " " <= letter <= "~" else "?" for letter in " ".join(message.split()))
    return plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 3] + "..."
