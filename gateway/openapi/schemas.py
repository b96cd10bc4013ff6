"""What is answered: models, pictures, events of a stream, errors."""

from __future__ import annotations

from gateway.errors import API_ERROR, INVALID_REQUEST, RATE_LIMIT
from gateway.images import LARGEST_N, OUTPUT_FORMATS, Operation
from gateway.lifecycle import Phase
from gateway.models import CREATED, Models
from gateway.openapi.node import Node, component

_STREAMED = ("image_generation", "image_edit")
_BASE64 = {"type": "string", "contentEncoding": "base64"}
_SECONDS = {"type": "integer", "description": "Seconds since 1970.", "examples": [CREATED]}
_PROMPT_USED = {
    "type": "string",
    "description": "The prompt that was worked from: the backend's own wording where it tells it, else the one"
    " that was sent. Generations and edits have it.",
}


def answer_schemas(models: Models) -> dict[str, Node]:
    return {
        "ModelList": _object(object=_constant("list"), data=_list("Model")),
        "Model": _model(models),
        "ImageResponse": _object(created=_SECONDS, data=_list("ImageData", minItems=1, maxItems=LARGEST_N)),
        "ImageData": _image(),
        "ImagePartialEvent": _partial_event(),
        "ImageCompletedEvent": _completed_event(),
        "ErrorEvent": _error_event(),
        "Error": _object(error=component("schemas", "ErrorDetail")),
        "ErrorDetail": _error(),
        "Health": _object(status=_constant("ok")),
        "Readiness": _object(status={"type": "string", "enum": [*Phase]}),
    }


def _object(**properties: Node) -> Node:
    """With all of its members required."""
    return {"type": "object", "required": [*properties], "properties": properties}


def _constant(value: str) -> Node:
    return {"type": "string", "const": value}


def _list(of: str, **bounds: int) -> Node:
    return {"type": "array", "items": component("schemas", of), **bounds}


def _model(models: Models) -> Node:
    ids = [model.id for model in models]
    return _object(
        id={
            "type": "string",
            "enum": ids,
            "description": "What `model` takes in the operations that it can do.",
            "examples": ids[:1],
        },
        object=_constant("model"),
        created=_SECONDS,
        owned_by={"type": "string", "description": "Who stands behind the model.", "examples": ["google"]},
        operations={
            "type": "array",
            "items": {"type": "string", "enum": [*Operation]},
            "description": "What the model can do here.",
        },
    )


def _image() -> Node:
    return {
        "type": "object",
        "description": "One picture: its address or its bytes, never both.",
        "properties": {
            "url": {
                "type": "string",
                "format": "uri",
                "description": "Address on this gateway, with `response_format` url; good until the picture expires.",
            },
            "b64_json": {
                **_BASE64,
                "description": "The file's bytes, with `response_format` b64_json; no data prefix.",
            },
            "revised_prompt": _PROMPT_USED,
        },
        "oneOf": [{"required": ["url"]}, {"required": ["b64_json"]}],
    }


def _partial_event() -> Node:
    return _event(
        "A preview of a picture that is being made.",
        "partial_image",
        partial_image_index={"type": "integer", "minimum": 0, "description": "Counts the previews from 0."},
    )


def _completed_event() -> Node:
    schema = _event("A finished picture; one event for each.", "completed", created_at=_SECONDS)
    schema["properties"]["revised_prompt"] = _PROMPT_USED
    schema["properties"]["url"] = {
        "type": "string",
        "format": "uri",
        "description": "Address on this gateway, where the picture is hosted: for a request with an `Idempotency-Key`"
        " and `response_format` url.",
    }
    return schema


def _event(description: str, kind: str, **own: Node) -> Node:
    schema = _object(
        type={"type": "string", "enum": [f"{name}.{kind}" for name in _STREAMED]},
        output_format={"type": "string", "enum": [*OUTPUT_FORMATS]},
        size={"type": "string", "description": "WIDTHxHEIGHT in pixels.", "examples": ["1024x1024"]},
        **own,
        b64_json={**_BASE64, "description": "The file's bytes."},
    )
    return {"description": description, **schema}


def _error_event() -> Node:
    schema = _object(type=_constant("error"), error=component("schemas", "ErrorDetail"))
    return {"description": "A failure after the stream has begun; nothing follows it.", **schema}


def _error() -> Node:
    return _object(
        message={"type": "string", "description": "What went wrong, in words for people. Also the reason phrase."},
        type={"type": "string", "enum": [INVALID_REQUEST, RATE_LIMIT, API_ERROR]},
        param={"type": ["string", "null"], "description": "Name of the field that is to blame, if it is one."},
        code={
            "type": ["string", "null"],
            "description": "A short stable name for programs, where the status alone does not tell.",
            "examples": ["invalid_api_key", "model_not_found", "content_policy_violation", "rate_limit_exceeded"],
        },
    )
