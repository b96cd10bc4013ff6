"""What a submission that ComfyUI refused, and a job that failed, mean. Its texts tell paths, so none is passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from gateway.upstreams.base import EmptyAnswer, Refused, Rejected, UpstreamError
from gateway.upstreams.comfy.graph import Graph
from gateway.upstreams.http import HttpAnswer, failure

_CODE = re.compile(r"[a-z_]{1,64}")
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,99}")
_NODE = re.compile(r"#([A-Za-z0-9_:.-]{1,64})")


def refusal(answer: HttpAnswer, graph: Graph) -> UpstreamError:
    """The outcome of a submission that was not accepted."""
    if answer.status != HTTPStatus.BAD_REQUEST:
        return failure(answer, "the workflow was not accepted")
    match answer.json():
        case {"error": dict(error), **rest}:
            errors = rest.get("node_errors")
            said = ", ".join([*_codes([error]), *_faults(error, errors, graph)])
            return Rejected(f"the workflow was not accepted: {said or 'no reason'}", status=answer.status)
        case _:
            return Rejected("the workflow was not accepted", status=answer.status)


def dropped(errors: object, graph: Graph, output: str) -> Rejected | None:
    """The outcome where a workflow was accepted without the one output that is wanted."""
    if not isinstance(errors, dict) or not any(output in _outputs(error) for error in errors.values()):
        return None
    said = ", ".join(_node_faults(errors, graph))
    return Rejected(f"the workflow was accepted without its output: {said}", status=HTTPStatus.OK)


def job_failure(status: Mapping[str, object], graph: Graph) -> UpstreamError | None:
    """What the history's `status` of an ended job means; None for one that went well."""
    match status:
        case {"status_str": "success"}:
            return None
        case {"status_str": "error", "messages": list(messages)} if messages:
            return Refused(_last_words(messages[-1], graph))
        case {"status_str": "error"}:
            return Refused("the job failed")
        case _:
            return EmptyAnswer("the history does not say how the job ended", status=HTTPStatus.OK)


def _last_words(message: object, graph: Graph) -> str:
    match message:
        case ["execution_interrupted", _]:
            return "the job was interrupted at the backend"
        case ["execution_error", {"node_id": str(node), "exception_type": str(kind)}]:
            return f"the job failed in {_class(node, graph)}: {kind if _CLASS.fullmatch(kind) else 'unnamed error'}"
        case _:
            return "the job failed"


def _faults(error: Mapping[str, object], errors: object, graph: Graph) -> Iterator[str]:
    if isinstance(errors, dict) and errors:
        yield from _node_faults(errors, graph)
    elif isinstance(details := error.get("details"), str) and (found := _NODE.search(details)):
        yield _class(found[1], graph)


def _node_faults(errors: Mapping[object, object], graph: Graph) -> Iterator[str]:
    for node, error in errors.items():
        reasons = error.get("errors") if isinstance(error, dict) else None
        codes = sorted(set(_codes(reasons if isinstance(reasons, list) else [])))
        yield " ".join([_class(str(node), graph), *codes])


def _codes(errors: list[object]) -> Iterator[str]:
    for error in errors:
        match error:
            case {"type": str(code)} if _CODE.fullmatch(code):
                yield code


def _outputs(error: object) -> list[object]:
    match error:
        case {"dependent_outputs": list(outputs)}:
            return outputs
        case _:
            return []


def _class(node: str, graph: Graph) -> str:
    """The class of a node, from what we sent: what came back may be anything."""
    return graph[node].class_type if node in graph else "a node of its own"
