"""Whether a server has what a workflow needs: the classes of its nodes, and the models and choices it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway.concurrency import all_of
from gateway.upstreams.base import Rejected
from gateway.upstreams.comfy.client import ComfyClient
from gateway.upstreams.comfy.graph import Graph
from gateway.upstreams.comfy.workflow import IMAGES, Workflow

_UPLOADED = ("mask", *IMAGES)


async def check(client: ComfyClient, workflows: Iterable[Workflow]) -> None:
    """
    Raises:
        Rejected: the detail names everything that is missing.
    """
    graphs = [_to_check(workflow) for workflow in workflows]
    classes = sorted({node.class_type for graph in graphs for node in graph.values()})
    inputs = dict(zip(classes, await all_of(client.inputs_of(name) for name in classes), strict=True))
    unknown = [name for name in classes if inputs[name] is None]
    known = {name: taken for name, taken in inputs.items() if taken is not None}
    faults = [f"no node class {name}" for name in unknown]
    faults += dict.fromkeys(fault for graph in graphs for fault in _not_listed(graph, known))
    if faults:
        raise Rejected(f"missing at the server: {'; '.join(faults)}")


def _to_check(workflow: Workflow) -> Graph:
    """The graph with the operator's values; the pictures, which are uploaded with each request, stay out."""
    names = {name: "" for name in _UPLOADED if name in workflow.places}
    return workflow.filled(names, "")


def _not_listed(graph: Graph, known: Mapping[str, Mapping[str, object]]) -> Iterator[str]:
    """Values that are not among the choices their inputs have; an upload is no choice."""
    for node in graph.values():
        for name, kind in known.get(node.class_type, {}).items():
            value, choices = node.inputs.get(name), _choices(kind)
            if choices is not None and isinstance(value, str) and value and value not in choices:
                yield f"{node.class_type}.{name} {value!r}"


def _choices(kind: object) -> list[object] | None:
    """Older nodes list them in place of a type, newer ones among the options."""
    match kind:
        case [list(choices), *_]:
            return choices
        case ["COMBO", {"options": list(choices)}, *_]:
            return choices
        case _:
            return None
