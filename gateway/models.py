"""The models that clients may name: what each does, and which backends stand behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from gateway.config import Config, ModelConfig
from gateway.config_file import ConfigError
from gateway.errors import BadRequest, Forbidden
from gateway.images import Operation, ResponseFormat
from gateway.upstreams.base import Capabilities

CREATED = 1764671202
"""Seconds since 1970, as the published API tells it of both its models."""


@dataclass(frozen=True, slots=True)
class WeightedName:
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Model:
    id: str
    owned_by: str
    operations: frozenset[Operation]
    ranks: tuple[tuple[WeightedName, ...], ...]
    """Upstreams in the order they are asked; those of one rank share the work by weight."""
    response_formats: Mapping[Operation, ResponseFormat]
    extras: frozenset[str]
    """Request fields beyond the published ones that some backend of the model understands."""

    def response_format(self, operation: Operation) -> ResponseFormat:
        return self.response_formats.get(operation, ResponseFormat.URL)

    def card(self) -> dict[str, object]:
        """As `/v1/models` shows it."""
        return {
            "id": self.id,
            "object": "model",
            "created": CREATED,
            "owned_by": self.owned_by,
            "operations": sorted(self.operations),
        }


class Models:
    """Raises ConfigError when a model promises an operation that none of its upstreams can do."""

    def __init__(self, config: Config, capabilities: Mapping[str, Capabilities]) -> None:
        self._models = {id_: _model(id_, model, capabilities) for id_, model in config.models.items()}
        self._aliases = {alias: id_ for id_, model in config.models.items() for alias in model.aliases}
        self._defaults = config.defaults
        faults = [fault for model in self._models.values() for fault in _undoable(model, capabilities)]
        if faults:
            raise ConfigError(faults)

    def __iter__(self) -> Iterator[Model]:
        return iter(self._models.values())

    def get(self, name: str) -> Model | None:
        """By id or alias."""
        return self._models.get(self._aliases.get(name, name))

    def names(self, operation: Operation) -> list[str]:
        """What a request for `operation` may call a model: ids first, then aliases."""
        able = {model.id for model in self if operation in model.operations}
        return [id_ for id_ in self._models if id_ in able] + [
            alias for alias, id_ in self._aliases.items() if id_ in able
        ]

    def among(self, names: Collection[str] | None) -> list[Model]:
        """Those that some of `names` call, in the order of the configuration; None calls all."""
        if names is None:
            return list(self)
        called = {self._aliases.get(name, name) for name in names}
        return [model for model in self if model.id in called]

    def resolve(self, name: str | None, operation: Operation, allowed: Collection[str] | None = None) -> Model:
        """The model that `name` calls, or the operation's default.

        `allowed`: names of the only models that the caller may use, and that it is told of; None allows all.

        Raises:
            BadRequest: unknown, or not able to do `operation`.
            Forbidden: not allowed.
        """
        wanted = self._defaults.model_for(operation) if name is None else name
        model = self.get(wanted)
        if allowed is None and model is not None and operation in model.operations:
            return model
        usable = self.among(allowed)
        if model is not None and model not in usable:
            names = ", ".join(model.id for model in usable) or "none"
            raise Forbidden(f"This token may not use the model {model.id}. It may use: {names}.", param="model")
        if model is not None and operation in model.operations:
            return model
        able = ", ".join(model.id for model in usable if operation in model.operations) or "none"
        shown = wanted if wanted.isprintable() and len(wanted) <= 64 else "of this name"  # noqa: PLR2004 - enough to recognise it
        what = f"cannot {operation}" if model else "does not exist"
        raise BadRequest(
            f"The model {shown} {what}. Models that can {operation}: {able}.",
            param="model",
            code="model_not_found",
        )


def _model(id_: str, config: ModelConfig, capabilities: Mapping[str, Capabilities]) -> Model:
    names = [entry.name for rank in config.upstreams for entry in rank]
    return Model(
        id=id_,
        owned_by=config.owned_by,
        operations=config.operations,
        ranks=tuple(tuple(WeightedName(entry.name, entry.weight) for entry in rank) for rank in config.upstreams),
        response_formats=config.response_format,
        extras=frozenset().union(*(capabilities[name].extras for name in names)),
    )


def _undoable(model: Model, capabilities: Mapping[str, Capabilities]) -> Iterator[str]:
    names = [entry.name for rank in model.ranks for entry in rank]
    for operation in sorted(model.operations):
        if not any(operation in capabilities[name].operations for name in names):
            yield f"models.{model.id}.operations: none of its upstreams ({', '.join(names)}) can {operation}"
