"""Every address that clients and operators call, with its methods."""

from __future__ import annotations

from typing import NamedTuple

from gateway.hosting.signing import EXPIRES, SIGNATURE
from gateway.images import Operation
from gateway.models import Models
from gateway.openapi.answers import FILENAME, image_answer, pictures
from gateway.openapi.fields import RequestFields
from gateway.openapi.headers import LIMIT_HEADERS, request_headers, response_headers
from gateway.openapi.node import Node, component
from gateway.openapi.requests import query, request_body
from gateway.openapi.responses import refusals

MODELS, IMAGES, SERVICE = "Models", "Images", "Service"
_IMAGE_HEADERS = ("RequestId", "IdempotencyKey", "FreshAnswer")
_HOSTED_HEADERS = (
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "Accept-Ranges",
    "Content-Disposition",
)


class _Words(NamedTuple):
    path: str
    operation_id: str
    summary: str
    post: str
    get: str


_OPERATIONS = {
    Operation.GENERATE: _Words(
        "/v1/images/generations",
        "generateImage",
        "Make pictures from a text",
        "The fields stand in JSON or in a form; both mean the same.",
        "The same as by POST, with the fields in the query: for links, `<img>` tags and a first try. Long prompts"
        " are better sent by POST.",
    ),
    Operation.EDIT: _Words(
        "/v1/images/edits",
        "editImage",
        "Change pictures by an instruction",
        "Pictures come by URL, as base64, or as files of a multipart form. Without `aspect_ratio` and `size` the"
        " result keeps the shape of its source.",
        "The same as by POST, for pictures that have a URL. Without `aspect_ratio` and `size` the result keeps the"
        " shape of its source.",
    ),
    Operation.UPSCALE: _Words(
        "/v1/images/upscale",
        "upscaleImage",
        "Enlarge a picture",
        "The picture comes by URL, as base64, or as a file of a multipart form.",
        "The same as by POST, for a picture that has a URL.",
    ),
}
_IMG = (
    "\n\nWhere `Accept` names image types and neither `text/html` nor `application/json`, and the query has no"
    " `response_format`, the answer is the first picture itself, so that the address works in an `<img>` tag."
)


def paths(
    models: Models, fields: dict[Operation, RequestFields], *, secured: bool, signed: bool, metrics: bool
) -> Node:
    door = _Door(secured=secured)
    return {
        "/v1/models": {"get": door.guard(_list_models(models))},
        "/v1/models/{model}": {"get": door.guard(_retrieve_model(models))},
        **{
            words.path: {
                "post": door.guard(_post(operation, words)),
                "get": door.guard(_get(operation, words, fields[operation])),
            }
            for operation, words in _OPERATIONS.items()
        },
        "/images/{filename}": _hosted(signed=signed),
        "/healthz": {"get": _health()},
        "/readyz": {"get": _readiness()},
        **({"/metrics": {"get": _metrics()}} if metrics else {}),
        "/openapi.json": {"get": _openapi()},
    }


class _Door:
    """Adds what a configured token means for the routes behind it."""

    def __init__(self, *, secured: bool) -> None:
        self._secured = secured

    def guard(self, operation: Node) -> Node:
        if not self._secured:
            return operation
        responses = {**operation["responses"], **refusals(401, 403, 429)}
        good = responses["200"]
        responses["200"] = {**good, "headers": {**good["headers"], **response_headers(*LIMIT_HEADERS)}}
        return {
            **operation,
            "security": [{"bearer": []}, {"apiKey": []}],
            "responses": {status: responses[status] for status in sorted(responses)},
        }


def _operation(operation_id: str, tag: str, summary: str, description: str, **rest: object) -> Node:
    return {"operationId": operation_id, "tags": [tag], "summary": summary, "description": description, **rest}


def _list_models(models: Models) -> Node:
    listed = {"object": "list", "data": [model.card() for model in models]}
    return _operation(
        "listModels",
        MODELS,
        "List the models",
        "The models of this gateway, and what each can do. Aliases are not listed.",
        parameters=request_headers("RequestId"),
        responses={
            "200": _json("All models.", "ModelList", listed),
            **refusals(500),
        },
    )


def _retrieve_model(models: Models) -> Node:
    first = next(iter(models))  # a configuration has at least one
    return _operation(
        "retrieveModel",
        MODELS,
        "Look up one model",
        "By its id, or by an alias: the answer then names the model that stands behind it.",
        parameters=[
            _in_path("model", "Id or alias.", first.id),
            *request_headers("RequestId"),
        ],
        responses={"200": _json("The model.", "Model", first.card()), **refusals(404, 500)},
    )


def _post(operation: Operation, words: _Words) -> Node:
    return _operation(
        words.operation_id,
        IMAGES,
        words.summary,
        words.post,
        parameters=request_headers(*_IMAGE_HEADERS),
        requestBody=request_body(operation),
        responses={
            "200": image_answer(operation, by_get=False),
            **refusals(400, 413, 415, 422, 429, 500, 503, 504),
        },
    )


def _get(operation: Operation, words: _Words, fields: RequestFields) -> Node:
    fetched = () if operation is Operation.GENERATE else (413,)
    return _operation(
        f"{words.operation_id}Get",
        IMAGES,
        f"{words.summary} (GET)",
        words.get + _IMG,
        parameters=[*query(operation, fields), *request_headers(*_IMAGE_HEADERS)],
        responses={
            "200": image_answer(operation, by_get=True),
            **refusals(400, *fetched, 414, 422, 429, 500, 503, 504),
        },
    )


def _hosted(*, signed: bool) -> Node:
    conditions = request_headers("RequestId", "IfNoneMatch", "IfModifiedSince")
    unchanged = {
        "description": "The picture is the one that is here already.",
        "headers": response_headers(*_HOSTED_HEADERS),
    }
    return {
        "parameters": [
            _in_path("filename", "The last part of a `url` that was answered.", FILENAME),
            *(_SIGNATURE if signed else ()),
        ],
        "get": _operation(
            "serveImage",
            IMAGES,
            "Fetch a picture",
            "Needs no token: the link is a secret of its own. It names these bytes and no others, until they expire.",
            parameters=[*conditions, *request_headers("Range", "IfRange")],
            responses={
                "200": _picture("The whole picture."),
                "206": _picture("The part that was asked for.", "Content-Range"),
                "304": unchanged,
                **refusals(404, 416, 500, 503),
            },
        ),
        "head": _operation(
            "serveImageHead",
            IMAGES,
            "Look whether a picture is there",
            "The headers of the picture without its bytes.",
            parameters=conditions,
            responses={
                "200": {"description": "It is.", "headers": response_headers(*_HOSTED_HEADERS)},
                "304": unchanged,
                **{
                    status: {"description": description, "headers": response_headers()}
                    for status, description in {
                        "404": "It is not, or no longer.",
                        "500": "The gateway failed.",
                        "503": "The store cannot be read.",
                    }.items()
                },
            },
        ),
    }


def _picture(description: str, *headers: str) -> Node:
    return {
        "description": description,
        "headers": response_headers(*_HOSTED_HEADERS, *headers),
        "content": pictures(),
    }


def _health() -> Node:
    return _operation(
        "getHealth",
        SERVICE,
        "Alive",
        "Says that the process answers, and nothing of its backends. Never asks for a token.",
        responses={"200": _json("Alive.", "Health", {"status": "ok"})},
    )


def _readiness() -> Node:
    return _operation(
        "getReadiness",
        SERVICE,
        "Ready for traffic",
        "For load balancers. Never asks for a token.",
        responses={
            "200": _json("Ready.", "Readiness", {"status": "ready"}),
            "503": _json("Starting, or draining before it stops.", "Readiness", {"status": "draining"}),
        },
    )


def _metrics() -> Node:
    return _operation(
        "getMetrics",
        SERVICE,
        "Metrics for Prometheus",
        "In the text format, or in OpenMetrics where `Accept` asks for it. May want a token of its own.",
        responses={
            "200": {
                "description": "All series.",
                "headers": response_headers(),
                "content": {
                    form: {"schema": {"type": "string"}} for form in ("text/plain", "application/openmetrics-text")
                },
            },
            **refusals(401),
        },
    )


def _openapi() -> Node:
    return _operation(
        "getOpenapi",
        SERVICE,
        "This document",
        "OpenAPI 3.1, with the models and defaults of this gateway.",
        responses={
            "200": {
                "description": "The document.",
                "headers": response_headers(),
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    )


def _in_query(name: str, description: str, schema: Node, example: object) -> Node:
    return {
        "name": name,
        "in": "query",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


_SIGNATURE = (
    _in_query(
        EXPIRES,
        "End of the link, in seconds since 1970; as in the `url`.",
        {"type": "integer", "minimum": 1},
        1764075928,
    ),
    _in_query(
        SIGNATURE,
        "What makes the link a good one; as in the `url`.",
        {"type": "string"},
        "rvDfVbHzGmbkF0GxtqZRkmKkA3eDDvWZG2m1s3fYvEs",
    ),
)


def _in_path(name: str, description: str, example: str) -> Node:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def _json(description: str, schema: str, example: Node) -> Node:
    return {
        "description": description,
        "headers": response_headers(),
        "content": {"application/json": {"schema": component("schemas", schema), "example": example}},
    }
