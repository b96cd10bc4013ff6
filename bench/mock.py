"""An image upstream that answers at once or after a wait: prebuilt bytes, so that it costs as little as it can.

/tiny/v1/...  1 KB of picture      /big/v1/...  1.5 MB of picture      /big-2s/v1/...  the same after 2 s
/32k/v1/, /256k/v1/, /4m/v1/ likewise
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import re
import struct
import zlib
from functools import cache
from typing import Any

from aiohttp import web

SHAPES = {"tiny": (16, 19), "32k": (104, 104), "256k": (295, 295), "big": (709, 705), "4m": (1182, 1182)}
"""Width and height of the pictures, by the name of their size."""
_KIND = re.compile(rf"({'|'.join(SHAPES)})(?:-([0-9.]+)s)?")


def noise_png(width: int, height: int) -> bytes:
    """A PNG that cannot be compressed: about width * height * 3 bytes, and one that every decoder takes."""
    dice = random.Random(1)  # noqa: S311 - noise, and the same each time
    rows = b"".join(b"\0" + dice.randbytes(width * 3) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def picture(kind: str) -> bytes:
    return noise_png(*SHAPES[kind])


@cache
def answer(kind: str) -> bytes:
    """The picture as an answer of the images API. Made when first asked for: idle memory is measured too."""
    text = base64.b64encode(picture(kind)).decode()
    return json.dumps({"created": 1700000000, "data": [{"b64_json": text}]}).encode()


def make_app() -> web.Application:
    async def images(request: web.Request) -> web.StreamResponse:
        kind = _KIND.fullmatch(request.match_info["kind"])
        if kind is None:
            raise web.HTTPNotFound
        async for _ in request.content.iter_any():
            pass
        if kind[2]:
            await asyncio.sleep(float(kind[2]))
        return web.Response(body=answer(kind[1]), content_type="application/json")

    app = web.Application(client_max_size=2**30)
    app.router.add_post("/{kind}/v1/images/{operation}", images)
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    for kind in SHAPES:
        answer(kind)
    serve(make_app(), port)


def serve(app: web.Application, port: int) -> None:
    options: dict[str, Any] = {"host": "127.0.0.1", "access_log": None, "print": None, "backlog": 4096}
    try:
        import uvloop  # noqa: PLC0415 - where it exists
    except ImportError:
        web.run_app(app, port=port, **options)
    else:
        web.run_app(app, port=port, loop=uvloop.new_event_loop(), **options)


if __name__ == "__main__":
    main()
