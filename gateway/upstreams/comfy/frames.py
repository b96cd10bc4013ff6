"""What ComfyUI tells over its websocket while it works, as far as the driver listens."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

FEATURE_FLAGS = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
"""Said first: newer servers then send previews that name their job."""

_HEAD = struct.Struct(">I")
_PREVIEW, _PREVIEW_WITH_METADATA = 1, 4
_LASTS = frozenset({"execution_success", "execution_error", "execution_interrupted"})


@dataclass(frozen=True, slots=True)
class Begun:
    """A node runs; the one before it is done."""

    node: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """How far nodes are, from 0 to 1."""

    nodes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Preview:
    data: bytes
    """A file, PNG or JPEG."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The job is over, or about to be: how, the history tells."""


Frame: TypeAlias = Begun | Advanced | Preview | Ended


def read_text(text: str, job: str) -> Frame | None:
    """A text frame; None where it says nothing of `job`, or nothing that we listen to."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match message:
        case {"type": str(kind), "data": {"prompt_id": str(prompt_id), **data}} if prompt_id == job:
            return _frame(kind, data)
        case _:
            return None


def _frame(kind: str, data: Mapping[object, Any]) -> Frame | None:
    match kind, data:
        case "executing", {"node": str(node)}:
            return Begun(node)
        case "executing", {"node": None}:
            return Ended()
        case "executed", {"node": str(node)}:
            return Advanced({node: 1.0})
        case "execution_cached", {"nodes": list(nodes)}:
            return Advanced({node: 1.0 for node in nodes if isinstance(node, str)})
        case "progress", {"node": str(node), **state}:
            return Advanced({node: _done(state)})
        case "progress_state", {"nodes": dict(nodes)}:
            return Advanced({node: _done(state) for node, state in nodes.items() if isinstance(state, dict)})
        case _:
            return Ended() if kind in _LASTS else None


def _done(state: Mapping[object, Any]) -> float:
    match state:
        case {"value": int() | float() as value, "max": int() | float() as most} if most > 0:
            return min(1.0, max(0.0, value / most))
        case _:
            return 0.0


def read_binary(data: bytes, job: str) -> Preview | None:
    """A binary frame; previews without metadata are those of whoever listens, so they are of `job` too."""
    if len(data) < 2 * _HEAD.size:
        return None
    kind, second = _HEAD.unpack_from(data)[0], _HEAD.unpack_from(data, _HEAD.size)[0]
    if kind == _PREVIEW:
        return Preview(data[2 * _HEAD.size :])
    if kind == _PREVIEW_WITH_METADATA:
        end = 2 * _HEAD.size + second
        return Preview(data[end:]) if _names(data[2 * _HEAD.size : end], job) else None
    return None


def _names(metadata: bytes, job: str) -> bool:
    try:
        said = json.loads(metadata)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("prompt_id") == job
