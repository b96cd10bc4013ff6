"""What the three operations are asked with: bodies as components, queries as parameters."""

from __future__ import annotations

from gateway.images import Operation
from gateway.openapi.fields import RequestFields
from gateway.openapi.node import Node, component

JSON = "application/json"
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"

_NAMES = {
    Operation.GENERATE: "GenerationRequest",
    Operation.EDIT: "EditRequest",
    Operation.UPSCALE: "UpscaleRequest",
}
_SOURCE = "https://example.com/house.png"
_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
_EXAMPLES: dict[Operation, dict[str, tuple[str, Node]]] = {
    Operation.GENERATE: {
        "plain": ("Only what is required", {"prompt": "A lighthouse on a cliff at dusk, oil on canvas"}),
        "full": (
            "Two wide WebP pictures as base64",
            {
                "prompt": "A lighthouse on a cliff at dusk, oil on canvas",
                "n": 2,
                "aspect_ratio": "16:9",
                "output_format": "webp",
                "response_format": "b64_json",
            },
        ),
    },
    Operation.EDIT: {
        "url": ("A picture by its URL", {"prompt": "Let it snow, and light the windows", "image": _SOURCE}),
        "several": (
            "Several pictures, one of them as a data URL",
            {"prompt": "Put the second picture on the wall of the first", "image": [_SOURCE, _PIXEL]},
        ),
    },
    Operation.UPSCALE: {
        "url": ("Four times as wide and as high", {"image": _SOURCE, "upscale_factor": "x4"}),
    },
}


def request_schemas(operation: Operation, fields: RequestFields) -> dict[str, Node]:
    """The components of one operation: what JSON takes, and what either kind of form takes."""
    name = _NAMES[operation]
    return {
        name: _body(fields.required, fields.as_json()),
        f"{name}FormData": _form(operation, fields),
        f"{name}Urlencoded": _body(fields.required, fields.as_arguments()),
    }


def request_body(operation: Operation) -> Node:
    """An urlencoded form holds text alone: it takes what JSON takes, but for `null`."""
    name = _NAMES[operation]
    examples = {key: {"summary": said, "value": value} for key, (said, value) in _EXAMPLES[operation].items()}
    return {
        "required": True,
        "content": {
            JSON: {"schema": component("schemas", name), "examples": examples},
            MULTIPART: {"schema": component("schemas", f"{name}FormData")},
            URLENCODED: {"schema": component("schemas", f"{name}Urlencoded")},
        },
    }


def query(operation: Operation, fields: RequestFields) -> list[Node]:
    return [_parameter(operation, name, schema, fields.required) for name, schema in fields.as_query().items()]


def _parameter(operation: Operation, name: str, schema: Node, required: list[str]) -> Node:
    """What is required has an example, so that an imported request can be sent as it is; what is not has none.

    An empty value is no value, so only what is required cannot be empty.
    """
    _, example = next(iter(_EXAMPLES[operation].values()))
    return {
        "name": name,
        "in": "query",
        "required": name in required,
        "allowEmptyValue": name not in required,
        "description": schema["description"],
        "schema": {key: value for key, value in schema.items() if key not in {"description", "examples"}},
        **({"example": example[name]} if name in required and name in example else {}),
    }


def _body(required: list[str], properties: dict[str, Node]) -> Node:
    return {"type": "object", "required": required, "properties": properties}


def _form(operation: Operation, fields: RequestFields) -> Node:
    properties = fields.as_form()
    if operation is not Operation.EDIT:
        return _body(fields.required, properties)
    properties["image[]"] = {
        **properties["image"],
        "description": "The other name of `image`, which some clients use for several. Either may be repeated.",
    }
    needed = [name for name in fields.required if name != "image"]
    either: Node = {"anyOf": [{"required": ["image"]}, {"required": ["image[]"]}]}
    return _body(needed, properties) | either
