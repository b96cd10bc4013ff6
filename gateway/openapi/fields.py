"""The fields of an operation in three spellings: JSON members, parts of a form, parameters of a query.

Types, bounds, enumerations and words come from the bodies that requests are validated with. Added here is what
only the configuration knows, and what a size may look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from pydantic.json_schema import models_json_schema

from gateway.images import AspectRatio, Operation
from gateway.inputs.bodies import BODIES, SIZES
from gateway.inputs.fields import PICTURE_FIELDS
from gateway.middleware.aspect_ratio import FARTHEST, LONGEST_SIDE, SHORTEST_SIDE
from gateway.openapi.node import Node
from gateway.openapi.offers import Offer

_BINARY = {"type": "string", "format": "binary"}
_NULL = {"type": "null"}

# Letter case and blanks around a size do not matter, which enumerations alone could not say.
_OTHER_SIZE = {
    "type": "string",
    "pattern": r"^\s*([0-9]{2,5}[xX][0-9]{2,5}|[0-9]{1,2}:[0-9]{1,2}|[Aa][Uu][Tt][Oo])\s*$",
    "description": f"WIDTHxHEIGHT with sides from {SHORTEST_SIDE} to {LONGEST_SIDE}. It stands for the nearest of"
    f" the five ratios, when that is at most {float(FARTHEST):g} times wider or narrower.",
}

_KNOWN_EXTRAS: dict[str, Node] = {
    "seed": {"type": "integer", "description": "The same seed with the same request gives the same picture."},
    "strict": {"type": "boolean", "description": "Refuse an instruction that is understood only in part."},
    "negative_prompt": {"type": "string", "description": "What the picture should not show."},
    "quality": {"type": "string", "description": "How much care the backend takes."},
    "background": {"type": "string", "description": "What lies behind the subject, such as transparent."},
}


class RequestFields:
    """`properties` by name, and which of them are `required`; these come first, extras last."""

    def __init__(self, offer: Offer) -> None:
        declared = _declared()[BODIES[offer.operation].__name__]
        published = {name: _plain(schema) for name, schema in declared["properties"].items()}
        for name, configured in _configured(offer).items():
            published[name] = published[name] | configured
        self.required: list[str] = [*declared["required"], *(["model"] if offer.default is None else [])]
        self.properties: dict[str, Node] = {
            **{name: published[name] for name in self.required},
            **published,
            **{name: _extra(name, models) for name, models in offer.extras.items()},
        }

    def as_json(self) -> dict[str, Node]:
        """Pictures as text, and `null` for whatever may be left out."""
        texts = {name: _without(schema, _is_upload) for name, schema in self.properties.items()}
        return {name: schema if name in self.required else _nullable(schema) for name, schema in texts.items()}

    def as_arguments(self) -> dict[str, Node]:
        """As in JSON without `null`: for callers who leave out what they do not want to say."""
        return {name: _without(schema, _is_upload) for name, schema in self.properties.items()}

    def as_form(self) -> dict[str, Node]:
        """Pictures as files. A part that holds text is a string of bytes as well, so the schema needs no second."""
        return {name: _without(schema, _is_text) for name, schema in self.properties.items()}

    def as_query(self) -> dict[str, Node]:
        """Pictures by their URL, one each."""
        return {name: _url(schema) if name in PICTURE_FIELDS else schema for name, schema in self.properties.items()}


@cache
def _declared() -> dict[str, Node]:
    """JSON schemas of the request bodies by class name; they never change while the process runs."""
    _, schemas = models_json_schema([(body, "validation") for body in BODIES.values()])
    definitions: dict[str, Node] = schemas["$defs"]
    return definitions


def _configured(offer: Offer) -> dict[str, Node]:
    model: Node = {"enum": list(offer.names)} if offer.names else {}
    if offer.default is not None:
        model["default"] = offer.default
    fields = {"model": model, "response_format": {"default": offer.response_format.value}}
    if offer.operation is Operation.UPSCALE:
        return fields
    size: Node = {"anyOf": [{"type": "string", "enum": [*SIZES, "auto", *AspectRatio]}, _OTHER_SIZE]}
    if offer.operation is Operation.EDIT:  # keeps the shape of its source, so there is no default to tell
        return {**fields, "size": size}
    return {**fields, "size": {**size, "default": SIZES[0]}, "aspect_ratio": {"default": AspectRatio.SQUARE.value}}


def _extra(name: str, models: tuple[str, ...]) -> Node:
    known = _KNOWN_EXTRAS.get(name, {})
    words = known.get("description", "Handed to the backend as it is.")
    return {**known, "description": f"{words} Understood by {', '.join(models)}, ignored by other models."}


def _plain(schema: Node) -> Node:
    """The schema that pydantic makes, without titles and without `null`."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "anyOf", "items"}}
    if kept.get("default", ...) is None:
        del kept["default"]
    if "items" in schema:
        kept["items"] = _plain(schema["items"])
    return _join(kept, (_plain(branch) for branch in schema.get("anyOf", []) if branch != _NULL))


def _without(schema: Node, unwanted: Callable[[Node], bool]) -> Node:
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "items"}}
    if "items" in schema:
        kept["items"] = _without(schema["items"], unwanted)
    branches = schema.get("anyOf", [])
    takes_pictures = any(_is_upload(branch) for branch in branches)
    return _join(kept, (_without(branch, unwanted) for branch in branches if not (takes_pictures and unwanted(branch))))


def _join(schema: Node, branches: Iterator[Node]) -> Node:
    """A choice of one is no choice."""
    choices = list(branches)
    if len(choices) == 1:
        return choices[0] | schema
    return schema | ({"anyOf": choices} if choices else {})


def _is_upload(schema: Node) -> bool:
    return schema == _BINARY


def _is_text(schema: Node) -> bool:
    return schema.get("type") == "string" and not _is_upload(schema)


def _nullable(schema: Node) -> Node:
    wider = dict(schema)
    if "type" in schema:
        wider["type"] = [schema["type"], "null"]
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    if "anyOf" in schema:
        wider["anyOf"] = [*schema["anyOf"], _NULL]
    return wider


def _url(schema: Node) -> Node:
    kept = {key: value for key, value in schema.items() if key == "examples"}
    words = f"{schema['description']} In a query it is best a URL: what is longer goes by POST."
    return {"type": "string", "format": "uri", "description": words, **kept}
