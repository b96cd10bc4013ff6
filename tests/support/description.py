"""An OpenAPI document, read with its references followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from openapi_schema_validator import OAS31Validator

Node: TypeAlias = Mapping[str, Any]

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")


class Call(NamedTuple):
    """One operation; `name` is such as `GET /v1/models`."""

    name: str
    operation: Node
    parameters: Mapping[str, Node]


class Description:
    def __init__(self, document: Node) -> None:
        self.document = document

    def follow(self, node: Node) -> Node:
        """`node`, or what it refers to."""
        while "$ref" in node:
            target = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def calls(self) -> Iterator[Call]:
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    own = [*item.get("parameters", []), *item[method].get("parameters", [])]
                    found = [self.follow(parameter) for parameter in own]
                    named = {f"{parameter['in']} {parameter['name']}": parameter for parameter in found}
                    yield Call(f"{method.upper()} {path}", item[method], named)

    def schema(self, name: str) -> Node:
        found: Node = self.document["components"]["schemas"][name]
        return found

    def accepts(self, schema: Node, value: object) -> bool:
        """Whether `value` is what `schema` describes; references lead into the document."""
        whole = {**schema, "components": self.document["components"]}
        return bool(OAS31Validator(whole).is_valid(value))
