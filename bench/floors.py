"""Bare servers: the least that each kind of work costs in Python. Ours does all of it, and checks, counts and logs.

proxy   reads the body, posts it upstream, returns the answer's bytes
rehost  the same, decodes the picture, hashes it, writes and renames a file, answers its address; no fsync
form    reads an upload as a form and builds it again for the upstream
memory  GET of a picture, and of an answer, that is held in memory
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pybase64
from aiohttp import ClientSession, ClientTimeout, FormData, TCPConnector, web

from bench.mock import answer, serve
from bench.mock import picture as picture_of

ADDRESS = (
    b'{"created": 1700000000, "data": [{"url": "http://127.0.0.1:8080/images/01234567890123456789012345678901.png"}]}'
)
"""An answer of the images API that only names a picture."""
_SESSION = web.AppKey("session", ClientSession)
_FOLDER = web.AppKey("folder", Path)


async def _session(app: web.Application) -> AsyncIterator[None]:
    connector = TCPConnector(limit=0)
    async with ClientSession(connector=connector, timeout=ClientTimeout(600), auto_decompress=False) as session:
        app[_SESSION] = session
        yield


async def _folder(app: web.Application) -> AsyncIterator[None]:
    with TemporaryDirectory(prefix="floor-") as folder:
        app[_FOLDER] = Path(folder)
        yield


def make_app(kind: str, upstream: str) -> web.Application:
    async def relay(request: web.Request) -> bytes:
        headers = {"Content-Type": request.headers.get("Content-Type", "application/json")}
        async with request.app[_SESSION].post(
            upstream + request.path, data=await request.read(), headers=headers
        ) as response:
            return await response.read()

    async def proxy(request: web.Request) -> web.StreamResponse:
        return web.Response(body=await relay(request), content_type="application/json")

    async def rehost(request: web.Request) -> web.StreamResponse:
        body = await relay(request)
        start = body.index(b'"', body.index(b":", body.index(b'"b64_json"'))) + 1
        text = memoryview(body)[start : body.index(b'"', start)]
        name = await asyncio.get_running_loop().run_in_executor(None, keep, text)
        return web.json_response({"created": 1, "data": [{"url": f"http://{request.host}/images/{name}"}]})

    def keep(text: memoryview) -> str:
        data = pybase64.b64decode(text, validate=True)
        name = hashlib.sha256(data).hexdigest()[:32] + ".png"
        folder = app[_FOLDER]
        temporary = folder / f"{name}.{id(data)}-{os.getpid()}"
        temporary.write_bytes(data)
        temporary.rename(folder / name)
        return name

    async def form(request: web.Request) -> web.StreamResponse:
        built = FormData()
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                built.add_field(name, value.file, filename=value.filename, content_type=value.content_type)
            else:
                built.add_field(name, value)
        async with request.app[_SESSION].post(upstream + request.path, data=built) as response:
            return web.Response(body=await response.read(), content_type="application/json")

    async def picture(request: web.Request) -> web.StreamResponse:
        return web.Response(body=picture_of(request.match_info["kind"]), content_type="image/png")

    async def kept_answer(request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        return web.Response(body=ADDRESS if kind == "url" else answer(kind), content_type="application/json")

    app = web.Application(client_max_size=2**26)
    app.cleanup_ctx.extend([_session, _folder])
    app.router.add_get("/pictures/{kind}", picture)
    app.router.add_get("/answers/{kind}", kept_answer)
    app.router.add_post("/{tail:.*}", {"proxy": proxy, "rehost": rehost, "form": form, "memory": proxy}[kind])
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["proxy", "rehost", "form", "memory"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    options = parser.parse_args()
    serve(make_app(options.kind, options.upstream), options.port)


if __name__ == "__main__":
    main()
