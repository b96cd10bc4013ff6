"""What each operation offers under this configuration: models, defaults, and the extras of their drivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.errors import BadRequest
from gateway.images import Operation, ResponseFormat
from gateway.models import Model, Models


@dataclass(frozen=True, slots=True)
class Offer:
    operation: Operation
    names: tuple[str, ...]
    """Ids and aliases; empty when no configured model can do the operation."""
    default: str | None
    """Id of the model that a request gets which names none; None when it would be refused."""
    response_format: ResponseFormat
    extras: Mapping[str, tuple[str, ...]]
    """Fields beyond the published ones, with the ids of the models that understand them."""


def offers(models: Models) -> dict[Operation, Offer]:
    return {operation: _offer(models, operation) for operation in Operation}


def _offer(models: Models, operation: Operation) -> Offer:
    able = [model for model in models if operation in model.operations]
    default = _default(models, operation)
    return Offer(
        operation=operation,
        names=tuple(models.names(operation)),
        default=default.id if default else None,
        response_format=default.response_format(operation) if default else ResponseFormat.URL,
        extras={
            name: tuple(model.id for model in able if name in model.extras)
            for name in sorted(frozenset().union(*(model.extras for model in able)))
        },
    )


def _default(models: Models, operation: Operation) -> Model | None:
    try:
        return models.resolve(None, operation)
    except BadRequest:
        return None
