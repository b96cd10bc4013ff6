"""Which upstreams can do a request, in which order they are asked."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from gateway.errors import BadRequest
from gateway.images import AnyRequest, EditRequest, UpscaleRequest
from gateway.models import Model, WeightedName
from gateway.upstreams.base import Capabilities, Capability


class Routable(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...


T = TypeVar("T", bound=Routable)


def route(order: AnyRequest, model: Model, upstreams: Mapping[str, T], dice: random.Random) -> list[T]:
    """The upstreams of `model` that can do `order`: rank after rank, within a rank drawn by weight.

    Raises:
        BadRequest: nobody can; says who can do what.
    """
    able = [
        upstreams[entry.name]
        for rank in model.ranks
        for entry in _drawn(rank, dice)
        if _lack(order, upstreams[entry.name]) is None
    ]
    if not able:
        raise _nobody(order, model, upstreams)
    return able


def _drawn(rank: Sequence[WeightedName], dice: random.Random) -> list[WeightedName]:
    """The whole rank in an order whose first place falls to each by its weight."""
    if len(rank) == 1:
        return list(rank)
    return sorted(rank, key=lambda entry: dice.random() ** (1 / entry.weight), reverse=True)


def _lack(order: AnyRequest, upstream: Routable) -> str | None:
    """What `upstream` lacks for `order`, in words for the client; None when it can do it."""
    capability = upstream.capabilities.operations.get(order.operation)
    if capability is None:
        return f"cannot {order.operation}"
    return next(_lacks(order, capability), None)


def _lacks(order: AnyRequest, capability: Capability) -> Iterator[str]:
    match order:
        case EditRequest():
            if order.mask is not None and not capability.masks:
                yield "takes no mask"
            if order.mask is None and capability.needs_mask:
                yield "edits only with a mask"
            if len(order.images) > capability.max_images:
                yield f"takes {capability.max_images} input pictures at most"
        case UpscaleRequest():
            if order.upscale_factor not in capability.factors:
                yield f"upscales by {', '.join(sorted(capability.factors))} only"


def _nobody(order: AnyRequest, model: Model, upstreams: Mapping[str, Routable]) -> BadRequest:
    lacks = "; ".join(f"{entry.name} {_lack(order, upstreams[entry.name])}" for rank in model.ranks for entry in rank)
    return BadRequest(f"No backend of the model {model.id} can do this request: {lacks}.", param="model")
