"""A ComfyUI on loopback: its routes and its websocket, with frames and bodies as a real server sent them."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy

from support.samples import plain

_CAPTURES = Path(__file__).parents[1] / "upstreams" / "captures"
Answer: TypeAlias = Callable[[], web.Response]
Frame: TypeAlias = dict[str, Any]


def captured(name: str) -> Any:
    """`live` holds answers of a server without models, `sampling` the frames of one that samples."""
    return json.loads((_CAPTURES / f"comfyui-{name}.json").read_text(encoding="utf-8"))


LIVE, SAMPLING = captured("live"), captured("sampling")
SAMPLED = SAMPLING["sampling_with_preview_metadata"]
PREVIEW = plain((32, 24), "teal", "JPEG")


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    folder: str
    subfolder: str
    overwrite: str
    data: bytes


@dataclass(slots=True)
class Job:
    id: str
    client: str
    graph: dict[str, Any]
    running: bool = False
    task: asyncio.Task[None] | None = None


@dataclass
class Comfy:
    """One job at a time, like the real one."""

    pictures: list[bytes] = field(default_factory=lambda: [plain((64, 48))])
    """What a job makes."""
    frames: list[Frame] = field(default_factory=lambda: list(SAMPLED["frames"]))
    """What is told of a job; the last of them once it stands in the history."""
    status: dict[str, Any] = field(default_factory=lambda: {"status_str": "success", "completed": True, "messages": []})
    """What the history says of a job that ended."""
    instead: dict[str, Answer] = field(default_factory=dict)
    """Answers by path, in place of the right ones."""
    hangs_up: set[str] = field(default_factory=set)
    """Paths at which the connection breaks instead of an answer; `*` for all."""
    sockets_open: bool = True
    cut_after: int | None = None
    """Frames after which the websocket breaks."""
    own_ids: bool = False
    """Whether it gives jobs ids of its own, as servers before 2025 did."""
    folder: str = "output"
    lacks: frozenset[str] = frozenset()
    """Classes of nodes that it has not."""
    may_listen: asyncio.Event = field(default_factory=asyncio.Event)
    may_begin: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    queued: asyncio.Event = field(default_factory=asyncio.Event)
    interrupted: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, CIMultiDictProxy[str]]] = field(default_factory=list)
    """Paths with the headers of their requests."""
    submitted: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    stopped: list[tuple[str, Any]] = field(default_factory=list)
    """`delete` and `interrupt` as they were asked for."""
    told: list[Any] = field(default_factory=list)
    """What clients said on their websockets."""
    jobs: dict[str, Job] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)
    sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    address: str = ""

    def __post_init__(self) -> None:
        self.may_listen.set()
        self.may_begin.set()
        self.may_end.set()

    @property
    def graph(self) -> dict[str, Any]:
        """The latest that was submitted."""
        graph: dict[str, Any] = self.submitted[-1]["prompt"]
        return graph

    def node(self, class_type: str) -> dict[str, Any]:
        """The inputs of the one node of that class in the latest graph."""
        (inputs,) = [node["inputs"] for node in self.graph.values() if node["class_type"] == class_type]
        return dict(inputs)

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def routes(self) -> Iterator[web.RouteDef]:
        yield web.post("/prompt", self._prompt)
        yield web.get("/ws", self._ws)
        yield web.get("/history/{id}", self._history)
        yield web.get("/queue", self._queue)
        yield web.post("/queue", self._delete)
        yield web.post("/interrupt", self._interrupt)
        yield web.post("/upload/image", self._upload)
        yield web.get("/view", self._view)
        yield web.get("/system_stats", self._stats)
        yield web.get("/object_info/{name}", self._object_info)

    @web.middleware
    async def listen(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        self.asked.append((request.path, request.headers))
        if self.hangs_up & {request.path, "*"}:
            assert request.transport is not None
            request.transport.abort()
        if request.path in self.instead:
            return self.instead[request.path]()
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _prompt(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.submitted.append(body)
        name = f"own-{len(self.submitted)}" if self.own_ids else body["prompt_id"]
        job = self.jobs[name] = Job(name, body["client_id"], body["prompt"])
        job.task = asyncio.create_task(self._execute(job))
        self.queued.set()
        return web.json_response({"prompt_id": name, "number": 0, "node_errors": {}})

    async def _execute(self, job: Job) -> None:
        await self.may_begin.wait()
        job.running = True
        self.begun.set()
        *frames, last = self.frames
        for count, frame in enumerate(frames):
            await self._tell(job, frame, count)
        await self.may_end.wait()
        self._end(job, self.status)
        await self._tell(job, last, len(frames))

    def _end(self, job: Job, status: dict[str, Any]) -> None:
        del self.jobs[job.id]
        made = self.pictures if status["status_str"] == "success" else []
        images = [
            {"filename": f"{job.id}_{index:05}_.png", "subfolder": "gateway", "type": self.folder}
            for index, _ in enumerate(made)
        ]
        output = next((name for name, node in job.graph.items() if node["class_type"] == "SaveImage"), "9")
        outputs = {output: {"images": images}} if images else {}
        self.history[job.id] = {"prompt": [0, job.id], "outputs": outputs, "status": status, "meta": {}}

    async def _tell(self, job: Job, frame: Frame, count: int) -> None:
        socket = self.sockets.get(job.client)
        if socket is None or socket.closed:
            return
        if self.cut_after is not None and count >= self.cut_after:
            await socket.close()
        elif "binary" in frame:
            await socket.send_bytes(_binary(frame, job.id))
        else:
            await socket.send_str(json.dumps(frame).replace(SAMPLED["job"], job.id))

    async def _ws(self, request: web.Request) -> web.StreamResponse:
        if not self.sockets_open:
            return web.Response(status=403)
        await self.may_listen.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets[request.query["clientId"]] = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.told.append(json.loads(message.data))
        return socket

    async def _history(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        return web.json_response({name: self.history[name]} if name in self.history else {})

    async def _queue(self, _: web.Request) -> web.Response:
        def entries(*, running: bool) -> list[Any]:
            return [[0, job.id, job.graph, {}, ["9"]] for job in self.jobs.values() if job.running is running]

        return web.json_response({"queue_running": entries(running=True), "queue_pending": entries(running=False)})

    async def _delete(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.stopped.append(("delete", body["delete"]))
        for name in body["delete"]:
            if name in self.jobs and not self.jobs[name].running:
                _cancel(self.jobs.pop(name))
        return web.Response()

    async def _interrupt(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.stopped.append(("interrupt", body["prompt_id"]))
        for job in [job for job in self.jobs.values() if job.running]:
            _cancel(job)
            self._end(job, LIVE["interrupted_history_status"])
        self.interrupted.set()
        return web.Response()

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        image = form["image"]
        assert isinstance(image, web.FileField)
        folder, subfolder, overwrite = (str(form[name]) for name in ("type", "subfolder", "overwrite"))
        self.uploads.append(Upload(image.filename, folder, subfolder, overwrite, image.file.read()))
        return web.json_response({"name": image.filename, "subfolder": subfolder, "type": folder})

    async def _view(self, request: web.Request) -> web.Response:
        name, _, index = request.query["filename"].removesuffix("_.png").rpartition("_")
        if name not in self.history or (request.query["subfolder"], request.query["type"]) != ("gateway", self.folder):
            return web.Response(status=404)
        return web.Response(body=self.pictures[int(index)], content_type="image/png")

    async def _stats(self, _: web.Request) -> web.Response:
        return web.json_response({"system": {"comfyui_version": "0.3.64"}, "devices": []})

    async def _object_info(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.lacks:
            return web.json_response({})
        described = SAMPLING["object_info"].get(name, {name: {"input": {"required": {}}, "output_node": False}})
        return web.json_response(described)


def _binary(frame: Frame, job: str) -> bytes:
    """A frame of the recorded kind, with a file and the running job's name in it."""
    if frame["metadata"] is None:
        return bytes.fromhex(frame["binary"]) + PREVIEW
    metadata = json.dumps({**frame["metadata"], "prompt_id": job}).encode()
    return struct.pack(">II", 4, len(metadata)) + metadata + PREVIEW


def _cancel(job: Job) -> None:
    assert job.task is not None
    job.task.cancel()


@asynccontextmanager
async def comfy(**options: Any) -> AsyncIterator[Comfy]:
    running = Comfy(**options)
    app = web.Application(middlewares=[running.listen], client_max_size=64 * 2**20)
    app.add_routes(running.routes())
    async with TestServer(app) as server:
        running.address = str(server.make_url("")).rstrip("/")
        yield running
        for job in running.jobs.values():
            _cancel(job)
