"""The good answers of the image operations: JSON, a stream of events, or the picture itself."""

from __future__ import annotations

import json

from gateway.handlers.rendering import REPLAYED
from gateway.images import OUTPUT_FORMATS, Operation
from gateway.models import CREATED
from gateway.openapi.headers import response_headers
from gateway.openapi.node import Node, component

FILENAME = "130708-24112025_q5xw7n2dkv4jzr6h3tbm8acfyeghkz4vx2q7mrd5n3twb6yea2fc_generate.png"

_STREAMS = {Operation.GENERATE: "image_generation", Operation.EDIT: "image_edit"}
_DONE = {
    Operation.GENERATE: "Pictures made from the prompt.",
    Operation.EDIT: "Edited pictures.",
    Operation.UPSCALE: "The enlarged picture.",
}
_BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="


def image_answer(operation: Operation, *, by_get: bool) -> Node:
    """The 200 of an operation. Only a GET may be the address of an `<img>`."""
    content = {"application/json": _json(operation)}
    if operation in _STREAMS:
        content["text/event-stream"] = _events(_STREAMS[operation])
    if by_get:
        content |= pictures()
    return {
        "description": _DONE[operation],
        "headers": response_headers("X-Cache", "Age", "X-Upstream", "X-Upstream-Attempts", REPLAYED),
        "content": content,
    }


def pictures() -> dict[str, Node]:
    return {form.mime: {"schema": {"type": "string", "format": "binary"}} for form in OUTPUT_FORMATS}


def _json(operation: Operation) -> Node:
    prompt = {} if operation is Operation.UPSCALE else {"revised_prompt": "A lighthouse on a cliff at dusk"}
    name = FILENAME.replace(Operation.GENERATE, operation)
    return {
        "schema": component("schemas", "ImageResponse"),
        "examples": {
            "url": {"value": _response({"url": f"https://images.example.com/images/{name}", **prompt})},
            "b64_json": {"value": _response({"b64_json": _BASE64, **prompt})},
        },
    }


def _response(image: Node) -> Node:
    return {"created": CREATED, "data": [image]}


def _events(stream: str) -> Node:
    """The schema of the whole stream is a text; `x-events` says what the data of each event is."""
    picture = {"output_format": "png", "size": "1024x1024", "b64_json": _BASE64}
    sent = [
        {"type": f"{stream}.partial_image", "partial_image_index": 0, **picture},
        {"type": f"{stream}.completed", "created_at": CREATED, **picture},
    ]
    return {
        "schema": {
            "type": "string",
            "description": "With `stream`: server-sent events, each with its type as name and JSON as data. Comment"
            " lines tell progress and keep the connection alive. What is refused before the first event is an"
            " ordinary error answer.",
        },
        "x-events": {
            f"{stream}.partial_image": component("schemas", "ImagePartialEvent"),
            f"{stream}.completed": component("schemas", "ImageCompletedEvent"),
            "error": component("schemas", "ErrorEvent"),
        },
        "example": "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in sent),
    }
