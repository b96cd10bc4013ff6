"""What an ended job left behind: where its pictures are, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.upstreams.base import UpstreamError
from gateway.upstreams.comfy.failures import job_failure
from gateway.upstreams.comfy.graph import Graph


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A picture at the backend, by the names that its /view takes."""

    filename: str
    subfolder: str
    folder: str
    """`output`, or `temp` where the output node only previews."""

    @property
    def params(self) -> dict[str, str]:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.folder}


@dataclass(frozen=True, slots=True)
class Entry:
    """A job in the history, which holds ended ones only."""

    status: Mapping[str, Any]
    outputs: Mapping[str, Any]

    def failure(self, graph: Graph) -> UpstreamError | None:
        return job_failure(self.status, graph)

    def files(self, output: str) -> list[StoredFile]:
        """The pictures of one node, in their order."""
        match self.outputs.get(output):
            case {"images": list(images)}:
                return list(_files(images))
            case _:
                return []


def read_entry(body: object, job: str) -> Entry | None:
    """None while the job is not in the history."""
    found = body.get(job) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        return None
    status, outputs = found.get("status"), found.get("outputs")
    return Entry(status if isinstance(status, dict) else {}, outputs if isinstance(outputs, dict) else {})


def _files(images: list[object]) -> Iterator[StoredFile]:
    for image in images:
        match image:
            case {"filename": str(name), "subfolder": str(subfolder), "type": "output" | "temp" as folder}:
                yield StoredFile(name, subfolder, str(folder))
