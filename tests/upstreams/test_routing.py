"""Which upstreams are asked for a request, in which order, and what is said when nobody can do it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest
from support.drivers import edition, enlargement, generation
from support.samples import plain, white_mask

from gateway.errors import BadRequest
from gateway.images import AnyRequest, Operation, UpscaleFactor
from gateway.models import Model, WeightedName
from gateway.upstreams.base import Capabilities, Capability
from gateway.upstreams.routing import route

PICTURE = plain((64, 48))
EDIT = edition(PICTURE)
MASKED = edition(PICTURE, mask=white_mask((64, 48), (0, 0, 8, 8)))
TWO_PICTURES = edition(PICTURE, PICTURE)
TWICE, FOUR_TIMES = enlargement(PICTURE), enlargement(PICTURE, UpscaleFactor.X4)

ALL = {operation: Capability(masks=True) for operation in Operation}


@dataclass
class Backend:
    name: str
    operations: dict[Operation, Capability] = field(default_factory=lambda: dict(ALL))

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.operations)


def routed(order: AnyRequest, *ranks: list[Backend], dice: random.Random | None = None, **weights: float) -> list[str]:
    named = tuple(tuple(WeightedName(one.name, weights.get(one.name, 1)) for one in rank) for rank in ranks)
    model = Model("m", "us", frozenset(Operation), named, {}, frozenset())
    upstreams = {one.name: one for rank in ranks for one in rank}
    return [one.name for one in route(order, model, upstreams, dice or random.Random(7))]


def lacking(operation: Operation, name: str = "weak", **changed: object) -> Backend:
    """A backend that can do less in one operation than all others."""
    capability = replace(ALL[operation], **changed)  # type: ignore[arg-type]  # any field of it
    return Backend(name, {**ALL, operation: capability})


def test_ranks_are_asked_in_the_order_they_are_written() -> None:
    assert routed(generation(), [Backend("c")], [Backend("a")], [Backend("b")]) == ["c", "a", "b"]


def test_the_first_place_in_a_rank_falls_to_each_by_its_weight() -> None:
    rank, dice = [Backend("a"), Backend("b"), Backend("c")], random.Random(7)

    first = Counter(routed(generation(), rank, dice=dice, a=1, b=2, c=7)[0] for _ in range(10_000))

    assert {name: round(first[name] / 10_000, 2) for name in "abc"} == pytest.approx(
        {"a": 0.1, "b": 0.2, "c": 0.7}, abs=0.015
    )


def test_those_of_a_rank_stand_in_for_each_other_before_the_next_rank() -> None:
    order = routed(generation(), [Backend("a"), Backend("b")], [Backend("c")])

    assert set(order[:2]) == {"a", "b"}
    assert order[2] == "c"


@pytest.mark.parametrize(
    ("order", "weak"),
    [
        (generation(), Backend("weak", {Operation.UPSCALE: Capability()})),
        (EDIT, Backend("weak", {Operation.GENERATE: Capability()})),
        (MASKED, lacking(Operation.EDIT, masks=False)),
        (EDIT, lacking(Operation.EDIT, needs_mask=True)),
        (TWO_PICTURES, lacking(Operation.EDIT, max_images=1)),
        (FOUR_TIMES, lacking(Operation.UPSCALE, factors=frozenset({UpscaleFactor.X2}))),
    ],
)
def test_who_cannot_do_the_request_is_passed_over(order: AnyRequest, weak: Backend) -> None:
    assert routed(order, [weak], [Backend("able")]) == ["able"]


@pytest.mark.parametrize(
    ("order", "weak"),
    [
        (EDIT, lacking(Operation.EDIT, masks=False)),
        (MASKED, lacking(Operation.EDIT, needs_mask=True)),
        (EDIT, lacking(Operation.EDIT, max_images=1)),
        (TWICE, lacking(Operation.UPSCALE, factors=frozenset({UpscaleFactor.X2}))),
        (generation(n=4), lacking(Operation.GENERATE, max_n=1)),
    ],
)
def test_what_a_request_does_not_need_excludes_nobody(order: AnyRequest, weak: Backend) -> None:
    assert routed(order, [weak], [Backend("able")])[0] == "weak"


@pytest.mark.parametrize(
    ("order", "weak", "words"),
    [
        (EDIT, Backend("weak", {Operation.GENERATE: Capability()}), "weak cannot edit"),
        (MASKED, lacking(Operation.EDIT, masks=False), "weak takes no mask"),
        (EDIT, lacking(Operation.EDIT, needs_mask=True), "weak edits only with a mask"),
        (TWO_PICTURES, lacking(Operation.EDIT, max_images=1), "weak takes 1 input pictures at most"),
        (FOUR_TIMES, lacking(Operation.UPSCALE, factors=frozenset({UpscaleFactor.X2})), "weak upscales by x2 only"),
    ],
)
def test_the_refusal_says_what_each_lacks(order: AnyRequest, weak: Backend, words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        routed(order, [weak], [replace(weak, name="other")])

    assert caught.value.param == "model"
    assert words.replace("weak", "other") in caught.value.message
