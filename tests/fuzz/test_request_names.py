"""Equal requests have one name whatever way they were sent, and different ones have two (H6)."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace
from types import MappingProxyType

import pytest
from hypothesis import strategies as st
from support.effort import Effort

from gateway.blob import MemoryBlob
from gateway.images import AspectRatio, EditRequest, GenerateRequest, ImageFormat, Picture, PictureUrl, ResponseFormat

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5
)
EXTRAS = st.dictionaries(TEXTS, VALUES, max_size=4)
PICTURES = st.binary(min_size=1, max_size=9).map(lambda data: Picture(ImageFormat.PNG, 8, 8, MemoryBlob(data)))
INPUTS = PICTURES | TEXTS.map(PictureUrl)
GENERATE = st.builds(
    GenerateRequest,
    model=TEXTS,
    prompt=TEXTS,
    n=st.integers(1, 4),
    size=st.none() | TEXTS,
    aspect_ratio=st.none() | TEXTS,
    ratio=st.none() | st.sampled_from(AspectRatio),
    stream=st.booleans(),
    extras=EXTRAS,
    output_format=st.sampled_from(ImageFormat),
    response_format=st.sampled_from(ResponseFormat),
)
EDIT = st.builds(
    EditRequest,
    model=TEXTS,
    prompt=TEXTS,
    images=st.lists(INPUTS, min_size=1, max_size=3).map(tuple),
    mask=st.none() | INPUTS,
    extras=EXTRAS,
)


def test_the_order_of_keys_names_nothing(effort: Effort) -> None:
    def holds(order: GenerateRequest, seed: int) -> None:
        shuffled = replace(order, extras=MappingProxyType(_shuffled(dict(order.extras), random.Random(seed))))
        assert shuffled.digest() == order.digest()

    effort.check(15, holds, order=GENERATE, seed=st.integers(0, 99))


@pytest.mark.parametrize("name", [field.name for field in fields(GenerateRequest)])
def test_every_field_names(effort: Effort, name: str) -> None:
    def holds(one: GenerateRequest, other: GenerateRequest) -> None:
        changed = replace(one, **{name: getattr(other, name)})
        assert (changed.digest() == one.digest()) is (_said(vars(changed)) == _said(vars(one)))

    effort.check(3, holds, one=GENERATE, other=GENERATE)


def test_what_runs_together_stays_apart(effort: Effort) -> None:
    """Texts and pictures that look alike when they are written one after another."""

    def holds(one: EditRequest, other: EditRequest) -> None:
        same = _identity(one) == _identity(other)
        assert (one.digest() == other.digest()) is same

    effort.check(25, holds, one=EDIT, other=EDIT | EDIT.map(lambda order: replace(order, images=order.images[:1])))


def _identity(order: EditRequest) -> object:
    pictures = [image.identity for image in order.images]
    return order.model, order.prompt, pictures, order.mask and order.mask.identity, _said(dict(order.extras))


def _said(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=dict)


def _shuffled(value: object, dice: random.Random) -> dict[str, object]:
    def again(value: object) -> object:
        match value:
            case dict():
                names = list(value)
                dice.shuffle(names)
                return {name: again(value[name]) for name in names}
            case list():
                return [again(item) for item in value]
            case _:
                return value

    found = again(value)
    assert isinstance(found, dict)
    return found
