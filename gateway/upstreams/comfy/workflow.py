"""A graph with named places where the values of a request go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from gateway.images import MOST_INPUT_PICTURES
from gateway.imaging.masks import Polarity
from gateway.upstreams.comfy.graph import Graph, WorkflowError, find, needed_for, read_graph, source_of

Value: TypeAlias = str | int | float | bool

SAVES_NOTHING = "SaveImageWebsocket"
"""An output that sends its pictures as frames and keeps none: a lost frame would be a lost picture."""

IMAGES = ("image", *(f"image_{number}" for number in range(2, MOST_INPUT_PICTURES + 1)))
"""The names under which a workflow takes pictures, in the order of a request's."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("prompt", "negative_prompt", "mask", *IMAGES), "a text"),
        **dict.fromkeys(("seed", "width", "height", "n", "factor"), "a number"),
    }
)
"""What must stand at the places of the names that requests fill."""


class Place(NamedTuple):
    node: str
    input: str

    def __str__(self) -> str:
        return f"{self.node}.{self.input}"


@dataclass(frozen=True, slots=True)
class Workflow:
    graph: Graph
    output: str
    """The node whose pictures are the answer."""
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    """What the operator wants instead of what the graph says; a request's own values go before."""
    mask: Polarity = Polarity.TRANSPARENT
    """How the mask is uploaded."""

    def takes(self, *names: str) -> bool:
        return all(name in self.places for name in names)

    @property
    def most_images(self) -> int:
        return sum(name in self.places for name in IMAGES)

    def filled(self, values: Mapping[str, Value], prefix: str) -> Graph:
        """The graph to submit. A value without a place is left out.

        Pictures after the first may be missing: the nodes that would load them go, and the wires from them.

        Args:
            values: by the names of `places`.
            prefix: of the files that the output saves; a new one each time, so that no old ones are answered.
        """
        inputs = {name: dict(node.inputs) for name, node in self.graph.items()}
        for name, value in {**self.values, **values}.items():
            for place in self.places.get(name, ()):
                inputs[place.node][place.input] = value
        if "filename_prefix" in inputs[self.output]:
            inputs[self.output]["filename_prefix"] = prefix
        idle = {place.node for name in IMAGES if name not in values for place in self.places.get(name, ())}
        return {
            name: replace(
                node, inputs={key: value for key, value in inputs[name].items() if source_of(value) not in idle}
            )
            for name, node in self.graph.items()
            if name not in idle
        }


def make_workflow(
    document: object,
    *,
    inputs: Mapping[str, Sequence[str]],
    output: str,
    values: Mapping[str, Value] = MappingProxyType({}),
    mask: Polarity = Polarity.TRANSPARENT,
) -> Workflow:
    """
    Args:
        document: a file in API format, parsed.
        inputs: for each name the places `node.input`, the node by its id or its title.
        output: the node that saves the pictures, by its id or its title.
        values: by the names of `inputs`.
        mask: the polarity that the graph expects.

    Raises:
        WorkflowError: these do not fit together.
    """
    whole = read_graph(document)
    with _at("output"):
        end = find(whole, output)
        if whole[end].class_type == SAVES_NOTHING:
            raise WorkflowError(f"{SAVES_NOTHING} keeps no file to fetch; end in SaveImage or PreviewImage")
    graph = needed_for(whole, end)
    places: dict[str, tuple[Place, ...]] = {}
    for name, addresses in inputs.items():
        with _at(f"inputs.{name}"):
            places[name] = tuple(_place(graph, address) for address in addresses)
            _check(graph, name, places)
    for name, value in values.items():
        with _at(f"values.{name}"):
            _check_value(graph, name, value, places)
    return Workflow(graph, end, places, dict(values), mask)


@contextmanager
def _at(key: str) -> Iterator[None]:
    try:
        yield
    except WorkflowError as error:
        raise WorkflowError(f"{key}: {error}") from None


def _place(graph: Graph, address: str) -> Place:
    """`node.input`; titles and inputs may hold dots themselves, so every dot may be the one between them."""
    for dot in re.finditer(r"\.", address):
        reference, key = address[: dot.start()], address[dot.end() :]
        named = [name for name, node in graph.items() if reference in {name, node.title} and key in node.inputs]
        if len(named) == 1:
            return Place(named[0], key)
    reference, _, key = address.rpartition(".")
    if not reference:
        raise WorkflowError(f"{address} names no place: write node.input, such as 3.seed")
    node = find(graph, reference)
    raise WorkflowError(f"{graph[node].class_type} has no input {key}; there are {', '.join(graph[node].inputs)}")


def _check(graph: Graph, name: str, places: Mapping[str, tuple[Place, ...]]) -> None:
    """Whether the places of `name` can take its values, and none of them is another name's."""
    for place in places[name]:
        kind = _kind(graph[place.node].inputs[place.input])
        if kind is None:
            raise WorkflowError(f"{place} is wired to another node: name a place that holds a value")
        wanted = _KINDS.get(name, kind)
        if kind != wanted:
            raise WorkflowError(f"{place} holds {kind}, and {name} is {wanted}")
        for other, taken in places.items():
            if other != name and place in taken:
                raise WorkflowError(f"{place} is already the place of {other}")


def _check_value(graph: Graph, name: str, value: Value, places: Mapping[str, tuple[Place, ...]]) -> None:
    if name not in places:
        raise WorkflowError(f"the workflow has no place of this name; there are {', '.join(sorted(places))}")
    for place in places[name]:
        kind = _kind(graph[place.node].inputs[place.input])
        if _kind(value) != kind:
            raise WorkflowError(f"must be {kind}, as at {place}")


def _kind(value: object) -> str | None:
    """What a literal is; None for a wire. A number is a number: exports write 1.0 as 1."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case _:
            return None
