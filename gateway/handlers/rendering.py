"""An answer as the client wants it: JSON with addresses, JSON with base64, or the first picture itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from aiohttp import hdrs, web

from gateway.answers import Answer
from gateway.blob import to_base64
from gateway.handlers.events import stream_answer
from gateway.handlers.hosted import serve_hosted
from gateway.hosting.gallery import Gallery
from gateway.hosting.names import HostedName
from gateway.images import Picture, UpscaleRequest
from gateway.origin import Origin
from gateway.request_keys import CACHE_AGE, CACHE_STATE, IMAGE_REQUEST


class Renderer:
    def __init__(self, gallery: Gallery, origin: Origin) -> None:
        self._gallery = gallery
        self._origin = origin

    async def __call__(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]
        if not isinstance(order, UpscaleRequest) and order.stream:
            return await stream_answer(request, answer, self.headers(request, answer))
        if wants_picture(request):
            return await self._picture(request, answer)
        body = b"".join([part async for part in self._json(request, answer)])
        return web.Response(body=body, content_type="application/json", headers=self.headers(request, answer))

    async def _picture(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        first = answer.images[0].kept
        headers = self.headers(request, answer)
        if isinstance(first, HostedName):
            return await serve_hosted(request, self._gallery, str(first), headers)
        return web.Response(body=await first.blob.load(), content_type=first.format.mime, headers=headers)

    def headers(self, request: web.Request, answer: Answer) -> dict[str, str]:
        headers = {
            "X-Upstream": answer.upstream,
            "X-Upstream-Attempts": str(answer.attempts),
            "X-Cache": request.get(CACHE_STATE, "BYPASS"),
            hdrs.CACHE_CONTROL: "no-store",
        }
        if request.method == hdrs.METH_GET:
            headers[hdrs.VARY] = "Accept"
        if headers["X-Cache"] == "HIT":
            headers[hdrs.AGE] = str(request.get(CACHE_AGE, 0))
        return headers

    async def _json(self, request: web.Request, answer: Answer) -> AsyncIterator[bytes]:
        """Pieces of the body. Base64 needs no escaping, so a picture is not walked again by a JSON encoder."""
        yield b'{"created":%d,"data":[' % answer.created
        for index, image in enumerate(answer.images):
            yield b"," if index else b""
            if isinstance(image.kept, Picture):
                yield b'{"b64_json":"'
                yield (await to_base64(image.kept.blob)).encode("ascii")
                yield b'"'
            else:
                url = f"{self._origin.of(request)}/images/{image.kept}"
                yield b'{"url":%s' % json.dumps(url).encode()
            if image.revised_prompt is not None:
                yield b',"revised_prompt":%s' % json.dumps(image.revised_prompt).encode()
            yield b"}"
        yield b"]}"


def wants_picture(request: web.Request) -> bool:
    """Whether an `<img>` tag asks: a GET that takes images, and neither a page nor JSON, and names no format."""
    if request.method != hdrs.METH_GET or "response_format" in request.query:
        return False
    accept = request.headers.get(hdrs.ACCEPT, "").lower()
    return "image/" in accept and "text/html" not in accept and "application/json" not in accept
