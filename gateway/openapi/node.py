"""A JSON object of the document."""

from __future__ import annotations

from typing import Any, TypeAlias

# Its shape is given by the OpenAPI specification and proved by a validator in the tests, not by the type checker.
Node: TypeAlias = dict[str, Any]


def component(kind: str, name: str) -> Node:
    """A reference to what stands under `components`, such as `component("schemas", "Error")`."""
    return {"$ref": f"#/components/{kind}/{name}"}
