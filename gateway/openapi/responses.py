"""Refusals and failures, one component a status. The examples are bodies of the errors themselves."""

from __future__ import annotations

from gateway.errors import (
    BadRequest,
    Forbidden,
    GatewayError,
    Gone,
    InternalError,
    KeyReused,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    PollingTimeout,
    RangeNotSatisfiable,
    RateLimited,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
    UpstreamFailed,
    UriTooLong,
)
from gateway.inputs.bodies import ACCEPTED
from gateway.openapi.headers import LIMIT_HEADERS, response_headers
from gateway.openapi.node import Node, component

_CONTENT_POLICY = BadRequest(
    "The request was refused by the backend's content policy", param="prompt", code="content_policy_violation"
)
_NO_MODEL = BadRequest(
    "The model nano-mango does not exist. Models that can generate: nano-banana.",
    param="model",
    code="model_not_found",
)

_STATUSES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    413: "PayloadTooLarge",
    414: "UriTooLong",
    415: "UnsupportedMediaType",
    416: "RangeNotSatisfiable",
    422: "KeyReused",
    429: "RateLimited",
    500: "ServerError",
    503: "Unavailable",
    504: "Timeout",
}


def refusals(*statuses: int) -> dict[str, Node]:
    """The error answers of an operation, by reference, in the order of their numbers."""
    return {str(status): component("responses", _STATUSES[status]) for status in sorted(statuses)}


def response_components() -> dict[str, Node]:
    return {
        "BadRequest": _refusal(
            "A field is missing or bad (`param` names it), a picture is none or may not be fetched, no model of"
            " this name can do it, or the backend refused the content.",
            missing=BadRequest.field("prompt", ACCEPTED["prompt"]),
            bad=BadRequest.field("n", ACCEPTED["n"], required=False),
            model=_NO_MODEL,
            content=_CONTENT_POLICY,
        ),
        "Unauthorized": _refusal(
            "No token, or not one of this gateway's.",
            "WWW-Authenticate",
            missing=Unauthorized("Missing bearer token: send it as 'Authorization: Bearer <token>'"),
            wrong=Unauthorized("Incorrect bearer token"),
        ),
        "Forbidden": _refusal(
            "The token is not allowed this, or the browser page that calls comes from an origin that is not.",
            model=Forbidden("This token may not use the model nano-banana. It may use: painter.", param="model"),
            origin=Forbidden("This browser origin is not allowed to call the gateway"),
        ),
        "NotFound": _refusal(
            "There is nothing here, or no longer.",
            picture=Gone(),
            model=NotFound("This model does not exist. The models are listed at /v1/models"),
        ),
        # No operation refers to it: it is what an address says to the methods that it does not have.
        "MethodNotAllowed": _refusal(
            "The address exists and does not take this method.",
            "Allow",
            put=MethodNotAllowed("PUT", "GET, POST"),
        ),
        "PayloadTooLarge": _refusal(
            "The body, or one picture, has too many bytes.",
            body=PayloadTooLarge("The request body is too large"),
            picture=PayloadTooLarge("The picture has more than 20971520 bytes", param="image"),
        ),
        "UriTooLong": _refusal(
            "The query is too long; the same fields may be sent by POST.",
            line=UriTooLong("The request line is too long; send the request as POST"),
        ),
        "UnsupportedMediaType": _refusal(
            "The body is neither JSON nor a form.",
            text=UnsupportedMediaType("This Content-Type is not taken"),
        ),
        "RangeNotSatisfiable": _refusal(
            "The range that was asked for begins behind the end of the picture.",
            "Content-Range",
            behind=RangeNotSatisfiable(48213),
        ),
        "KeyReused": _refusal(
            "The `Idempotency-Key` stands for another request already.",
            other=KeyReused(),
        ),
        "RateLimited": _refusal(
            "Too many requests or images for this token, or too many for every backend of the model.",
            "Retry-After",
            "X-Upstream-Attempts",
            *LIMIT_HEADERS,
            token=RateLimited("The requests per minute of this token are limited to 60", retry_after=1),
            backends=RateLimited("Every backend of this model is at its rate limit", retry_after=20),
        ),
        "ServerError": _refusal(
            "The backend failed, or the gateway itself did.",
            "X-Should-Retry",
            "X-Upstream-Attempts",
            upstream=UpstreamFailed(502),
            own=InternalError(),
        ),
        "Unavailable": _refusal(
            "No backend can be reached, the gateway has too much to do or is shutting down, or there is no room"
            " for pictures.",
            "Retry-After",
            "X-Upstream-Attempts",
            backends=Unavailable("No backend of this model can be reached"),
        ),
        "Timeout": _refusal(
            "The time for one request is over, its pictures' fetching and all attempts included.",
            "X-Should-Retry",
            "X-Upstream-Attempts",
            deadline=PollingTimeout(sent=True),
        ),
    }


def _refusal(description: str, *headers: str, **errors: GatewayError) -> Node:
    return {
        "description": description,
        "headers": response_headers(*headers),
        "content": {
            "application/json": {
                "schema": component("schemas", "Error"),
                "examples": {name: {"value": error.body()} for name, error in errors.items()},
            }
        },
    }
