"""A workflow in ComfyUI's API format, as the nodes that one output needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


class WorkflowError(ValueError):
    """A workflow that cannot be used. The message is for the operator, and names the node or the key."""


@dataclass(frozen=True, slots=True)
class Node:
    class_type: str
    inputs: Mapping[str, object]
    """Literals, and wires: `[id of the node, number of its output]`."""
    title: str | None = None

    @property
    def sources(self) -> Iterator[str]:
        """The nodes whose outputs come in here."""
        return (source for value in self.inputs.values() if (source := source_of(value)) is not None)


Graph: TypeAlias = Mapping[str, Node]
"""Nodes by their ids."""


def source_of(value: object) -> str | None:
    """The node that an input is wired to; None for a literal."""
    match value:
        case [str(source), int()]:
            return source
        case _:
            return None


def read_graph(document: object) -> Graph:
    """
    Raises:
        WorkflowError: it is not what ComfyUI exports as API format.
    """
    if not isinstance(document, dict) or isinstance(document.get("nodes"), list):
        raise WorkflowError(
            "not in API format: in ComfyUI choose Export (API), which older versions show in dev mode only"
        )
    graph = {name: _read_node(name, value) for name, value in document.items()}
    for name, node in graph.items():
        for source in node.sources:
            if source not in graph:
                raise WorkflowError(f"node {name} ({node.class_type}) is wired to node {source}, which is not there")
    return graph


def as_json(graph: Graph) -> dict[str, object]:
    return {name: {"class_type": node.class_type, "inputs": dict(node.inputs)} for name, node in graph.items()}


def _read_node(name: str, value: object) -> Node:
    match value:
        case {"class_type": str(class_type), "inputs": dict(inputs), **rest}:
            return Node(class_type, inputs, _title(rest.get("_meta")))
        case _:
            raise WorkflowError(f"node {name} has no class_type and inputs: is the file in API format?")


def _title(meta: object) -> str | None:
    title = meta.get("title") if isinstance(meta, dict) else None
    return title if isinstance(title, str) else None


def find(graph: Graph, reference: str) -> str:
    """The id of the node that `reference` names by its id or by its title.

    Raises:
        WorkflowError: there is none, or there are several of that title.
    """
    if reference in graph:
        return reference
    titled = [name for name, node in graph.items() if node.title == reference]
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise WorkflowError(f"the title {reference} stands on the nodes {', '.join(titled)}: name one by its id")
    raise WorkflowError(f"no node is called {reference}; there are {', '.join(described(graph))}")


def described(graph: Graph) -> list[str]:
    return [f"{name} ({node.title or node.class_type})" for name, node in graph.items()]


def needed_for(graph: Graph, output: str) -> Graph:
    """Only `output` and what leads to it: other outputs of the file would be computed for nobody."""
    needed: set[str] = set()
    waiting = [output]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(graph[name].sources)
    return {name: node for name, node in graph.items() if name in needed}
