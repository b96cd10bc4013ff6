"""A Stable Diffusion WebUI on loopback: its API, its quirks, and one job at a time like the real one."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy
from PIL import Image, PngImagePlugin

from support.samples import decoded, encoded, plain, text

UPSCALERS = ["None", "Lanczos", "Nearest", "R-ESRGAN 4x+"]


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: CIMultiDictProxy[str]
    fields: dict[str, Any]


class WebUI:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.address = ""
        self.instead: web.Response | None = None
        """Answered to every drawing and upscaling."""
        self.extra_pictures = 0
        """Masks that an extension adds behind the drawn ones."""
        self.grid = False
        self.names_tasks = True
        """Whether the page's own routes are there; `--nowebui` takes them away."""
        self.arrived: asyncio.Queue[str | None] = asyncio.Queue()
        """Names of the tasks that came in."""
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.interrupted = 0
        self.progress = 0.25
        self.task: str | None = None
        self._lock = asyncio.Lock()

    def last(self, path: str) -> dict[str, Any]:
        """The fields of the latest request for `path`."""
        return next(asked.fields for asked in reversed(self.asked) if asked.path == path)

    def routes(self) -> list[web.RouteDef]:
        routes = [
            web.post("/sdapi/v1/txt2img", self._txt2img),
            web.post("/sdapi/v1/img2img", self._img2img),
            web.post("/sdapi/v1/extra-single-image", self._extras),
            web.get("/sdapi/v1/progress", self._progress),
            web.post("/sdapi/v1/interrupt", self._interrupt),
            web.get("/sdapi/v1/sd-models", self._models),
            web.get("/sdapi/v1/upscalers", self._upscalers),
        ]
        return [*routes, web.post("/internal/progress", self._task_progress)] if self.names_tasks else routes

    async def _txt2img(self, request: web.Request) -> web.Response:
        fields = await self._heard(request)
        return await self._drawn(fields, (fields.get("width", 512), fields.get("height", 512)))

    async def _img2img(self, request: web.Request) -> web.Response:
        fields = await self._heard(request)
        if not fields.get("init_images"):
            return _http_exception(404, "Init image not found")
        if any(_decoded(image) is None for image in (*fields["init_images"], *filter(None, [fields.get("mask")]))):
            return _http_exception(500, "Invalid encoded image")
        return await self._drawn(fields, (fields.get("width", 512), fields.get("height", 512)))

    async def _drawn(self, fields: dict[str, Any], size: tuple[int, int]) -> web.Response:
        async with self._job(fields.get("force_task_id")):
            await self.may_end.wait()
        if self.instead is not None:
            return self.instead
        count = fields.get("batch_size", 1) * fields.get("n_iter", 1)
        images = [text(_telling(size, fields["prompt"]))] * count
        images = [text(plain((16, 16)))] * self.grid + images + [text(plain(size, "white"))] * self.extra_pictures
        info = json.dumps({"seed": 1, "index_of_first_image": int(self.grid), "infotexts": [fields["prompt"]]})
        return web.json_response({"images": images, "parameters": {"prompt": fields["prompt"]}, "info": info})

    async def _extras(self, request: web.Request) -> web.Response:
        fields = await self._heard(request)
        image, name = _decoded(fields["image"]), fields.get("upscaler_1", "None")
        if image is None:
            return _http_exception(500, "Invalid encoded image")
        if name not in UPSCALERS:
            return _python_exception("AssertionError", f"could not find upscaler named {name} in /home/secret")
        async with self._job(None):
            await self.may_end.wait()
        if self.instead is not None:
            return self.instead
        if name != "None":
            factor = fields.get("upscaling_resize", 2)
            image = image.resize((image.width * factor // 8 * 8, image.height * factor // 8 * 8))
        return web.json_response({"image": text(encoded(image, "PNG")), "html_info": "<p>secret</p>"})

    async def _progress(self, request: web.Request) -> web.Response:
        await self._heard(request)
        busy = self._lock.locked()
        preview = busy and request.query["skip_current_image"] == "false"
        return web.json_response(
            {
                "progress": self.progress if busy else 0,
                "state": {"job_count": int(busy), "sampling_step": 5, "sampling_steps": 20},
                "current_image": text(plain((32, 32), "grey")) if preview else None,
            }
        )

    async def _task_progress(self, request: web.Request) -> web.Response:
        fields = await self._heard(request)
        active = self.task is not None and fields["id_task"] == self.task
        return web.json_response({"active": active, "queued": not active, "completed": False})

    async def _interrupt(self, request: web.Request) -> web.Response:
        await self._heard(request)
        self.interrupted += 1
        self.may_end.set()
        return web.json_response({})

    async def _models(self, request: web.Request) -> web.Response:
        await self._heard(request)
        return web.json_response([{"title": "dreamer.safetensors [0123]", "model_name": "dreamer"}])

    async def _upscalers(self, request: web.Request) -> web.Response:
        await self._heard(request)
        return web.json_response([{"name": name} for name in UPSCALERS])

    async def _heard(self, request: web.Request) -> dict[str, Any]:
        fields = await request.json() if request.method == "POST" and request.can_read_body else dict(request.query)
        self.asked.append(Asked(request.path, request.headers, fields))
        return fields

    @asynccontextmanager
    async def _job(self, task: str | None) -> AsyncIterator[None]:
        self.arrived.put_nowait(task)
        async with self._lock:
            self.task = task
            yield
            self.task = None


@asynccontextmanager
async def webui(configure: WebUI | None = None) -> AsyncIterator[WebUI]:
    running = configure or WebUI()
    app = web.Application(client_max_size=64 * 2**20)
    app.add_routes(running.routes())
    app.router.add_route("*", "/{path:.*}", _not_found)
    async with TestServer(app) as server:
        running.address = str(server.make_url("")).rstrip("/")
        yield running
        running.may_end.set()


async def _not_found(_: web.Request) -> web.Response:
    return web.json_response({"detail": "Not Found"}, status=404)


def _http_exception(status: int, detail: str) -> web.Response:
    return web.json_response({"error": "HTTPException", "detail": detail, "body": "", "errors": ""}, status=status)


def _python_exception(name: str, said: str) -> web.Response:
    return web.json_response({"error": name, "detail": "", "body": "", "errors": said}, status=500)


def _telling(size: tuple[int, int], prompt: str) -> bytes:
    """A picture that holds its prompt, as all of the WebUI's do."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("parameters", f"{prompt}\nSteps: 25")
    return encoded(Image.new("RGB", size, "teal"), "PNG", pnginfo=notes, compress_level=1)


def _decoded(sent: str) -> Image.Image | None:
    try:
        return decoded(base64.b64decode(sent, validate=True))
    except (binascii.Error, OSError):
        return None
