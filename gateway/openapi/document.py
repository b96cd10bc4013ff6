"""Our own OpenAPI 3.1 document: what this gateway, as it is configured, takes and answers."""

from __future__ import annotations

from gateway import __version__
from gateway.models import Models
from gateway.openapi.fields import RequestFields
from gateway.openapi.headers import REQUEST_HEADERS, RESPONSE_HEADERS
from gateway.openapi.node import Node
from gateway.openapi.offers import offers
from gateway.openapi.paths import IMAGES, MODELS, SERVICE, paths
from gateway.openapi.requests import request_schemas
from gateway.openapi.responses import response_components
from gateway.openapi.schemas import answer_schemas

_DESCRIPTION = """\
Makes, edits and enlarges pictures in front of one or many backends, in the form of OpenAI's images API.

**Addresses.** The image and model routes answer without the `/v1` prefix too, for clients whose base URL lacks it.

**Fields.** JSON is read strictly: `"2"` is no number. In a query or a form every value is text and is read as what \
the field needs; an empty one counts as absent, as `null` does in JSON. Unknown fields are never refused: a backend \
may understand them, and otherwise they are ignored.

**Shape of a picture.** `aspect_ratio` wins over `size`, and both name one of five ratios. What a backend returns is \
fitted to that ratio.

**Errors.** Every refusal and failure has one body, `{"error": {"message", "type", "param", "code"}}`, with all four \
keys. That holds for unknown addresses (404) and for methods that an address does not take (405, with `Allow`) as well.
"""

_TAGS = {
    MODELS: "What may be named as `model`.",
    IMAGES: "Making, editing and enlarging pictures, and fetching those that are hosted here.",
    SERVICE: "For those who run the gateway.",
}

_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "One of the gateway's own tokens, never a key of a backend.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "The same token in the header that Azure's clients send.",
    },
}


def document(
    models: Models, *, server: str | None, secured: bool, signed: bool = False, metrics: bool = True
) -> dict[str, object]:
    """The document as JSON would hold it. Depends on nothing but its arguments; takes some milliseconds.

    Args:
        models: give the enumerations of `model`, the defaults, and the extra fields.
        server: the public address of the gateway; without it the one that the document was fetched from.
        secured: whether the API asks for a bearer token.
        signed: whether links to pictures carry a signature.
        metrics: whether `/metrics` is among the addresses of this port.
    """
    fields = {operation: RequestFields(offer) for operation, offer in offers(models).items()}
    components: Node = {
        "schemas": answer_schemas(models),
        "responses": response_components(),
        "parameters": REQUEST_HEADERS,
        "headers": RESPONSE_HEADERS,
    }
    for operation, taken in fields.items():
        components["schemas"] |= request_schemas(operation, taken)
    if secured:
        components["securitySchemes"] = _SECURITY
    return {
        "openapi": "3.1.0",
        "info": {"title": "Nano Banana Gateway", "version": __version__, "description": _DESCRIPTION},
        "servers": [{"url": server or "/"}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": paths(models, fields, secured=secured, signed=signed, metrics=metrics),
        "components": components,
    }
