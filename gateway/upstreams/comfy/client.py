"""What ComfyUI is asked over HTTP, a method for each question."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from aiohttp import FormData

from gateway.images import Picture
from gateway.upstreams.base import Ambiguous, EmptyAnswer, NotSent, Rejected
from gateway.upstreams.blob_payload import BlobPayload
from gateway.upstreams.comfy.failures import dropped, refusal
from gateway.upstreams.comfy.graph import Graph, as_json
from gateway.upstreams.comfy.history import Entry, StoredFile, read_entry
from gateway.upstreams.http import UpstreamHttp, failure

Folder: TypeAlias = Literal["temp", "input"]
SUBFOLDER = "gateway"
"""Of our files at the backend, so that its operator can tell them from others."""


class ComfyClient:
    def __init__(self, http: UpstreamHttp) -> None:
        self._http = http

    async def upload(self, picture: Picture, name: str, folder: Folder) -> str:
        """Store `picture` as `name` and return the text by which LoadImage finds it.

        Raises:
            NotSent: it did not get there. No job was submitted yet, so nothing was done that costs.
        """
        form = FormData({"type": folder, "subfolder": SUBFOLDER, "overwrite": "true"})
        data = BlobPayload(picture.blob, picture.format.mime)
        form.add_field("image", data, filename=f"{name}.{picture.format.extension}")
        try:
            answer = await self._http.post("/upload/image", form=form)
        except Ambiguous as error:
            raise NotSent(f"a picture did not get to the backend: {error.detail}") from error
        if not answer.ok:
            raise failure(answer, "a picture was not taken")
        match answer.json():
            case {"name": str(stored), "subfolder": str(subfolder)}:
                place = f"{subfolder}/{stored}" if subfolder else stored
                return place if folder == "input" else f"{place} [{folder}]"
            case _:
                raise EmptyAnswer("the answer to an upload names no file", status=answer.status)

    async def submit(self, graph: Graph, output: str, *, job: str, client: str) -> str:
        """Queue `graph` and return the id of the job: `job`, unless the server is an older one that makes its own.

        Raises:
            Rejected: the server does not take the graph, or takes it without its output.
        """
        body = {"prompt": as_json(graph), "client_id": client, "prompt_id": job}
        answer = await self._http.post("/prompt", json=body)
        if not answer.ok:
            raise refusal(answer, graph)
        match answer.json():
            case {"prompt_id": str(accepted), **rest}:
                pass
            case _:
                raise EmptyAnswer("the answer to a submission names no job", status=answer.status)
        without = dropped(rest.get("node_errors"), graph, output)
        if without is not None:
            await self.stop(accepted)
            raise without
        return accepted

    async def entry(self, job: str) -> Entry | None:
        """The job in the history; None while it waits or runs, or when it is unknown.

        Raises:
            Ambiguous: the server does not tell. How the job does is another matter.
        """
        return read_entry(await self._ask(f"/history/{quote(job, safe='')}"), job)

    async def is_under_way(self, job: str) -> bool:
        """Whether it waits or runs. The answer holds whole workflows, so ask seldom. Raises like `entry`."""
        queue = await self._ask("/queue")
        return _holds(queue, "queue_pending", job) or _holds(queue, "queue_running", job)

    async def stop(self, job: str) -> None:
        """Take the job out of the queue, or interrupt it. Does nothing to jobs of others."""
        await self._http.post("/queue", json={"delete": [job]})
        # Older servers ignore the id and interrupt whatever runs.
        if _holds(await self._ask("/queue"), "queue_running", job):
            await self._http.post("/interrupt", json={"prompt_id": job})

    async def fetch(self, file: StoredFile) -> bytes:
        """
        Raises:
            EmptyAnswer: the file is gone.
            Ambiguous: the server is; the job was done all the same.
        """
        try:
            answer = await self._http.get("/view", params=file.params)
        except NotSent as error:
            raise Ambiguous(f"the picture could not be fetched: {error.detail}") from error
        if not answer.ok:
            raise EmptyAnswer("the picture is not where the history says", status=answer.status)
        return bytes(answer.body)

    async def greet(self) -> None:
        """Raise the outcome where this is no ComfyUI that would work."""
        answer = await self._http.get("/system_stats")
        if not answer.ok:
            raise failure(answer)
        match answer.json():
            case {"system": dict()}:
                return
            case _:
                raise EmptyAnswer("what answers is not ComfyUI", status=answer.status)

    async def inputs_of(self, class_type: str) -> dict[str, Any] | None:
        """What a class of nodes takes, name -> [type or choices, options]; None where the server has no such class."""
        answer = await self._http.get(f"/object_info/{quote(class_type, safe='')}")
        if not answer.ok:
            raise failure(answer)
        match answer.json():
            case {**classes} if class_type not in classes:
                return None
            case {**classes}:
                return _inputs(classes[class_type])
            case _:
                raise Rejected("the server does not describe its nodes", status=answer.status)

    async def _ask(self, path: str) -> object:
        answer = await self._http.get(path)
        body = answer.json()
        if not answer.ok or not isinstance(body, dict):
            raise Ambiguous("the backend does not tell how the job does", status=answer.status)
        return body


def _holds(queue: object, part: str, job: str) -> bool:
    """Whether an entry, `[number, id, workflow, ...]`, of that part of the queue is the job's."""
    entries = queue.get(part) if isinstance(queue, dict) else None
    if not isinstance(entries, list):
        return False
    return any(isinstance(entry, list) and entry[1:2] == [job] for entry in entries)


def _inputs(description: object) -> dict[str, Any]:
    match description:
        case {"input": dict(inputs)}:
            groups = (inputs.get(group) for group in ("required", "optional"))
            return {name: kind for group in groups if isinstance(group, dict) for name, kind in group.items()}
        case _:
            return {}
