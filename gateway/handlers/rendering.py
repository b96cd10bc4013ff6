"""An answer as the client wants it: JSON with addresses, JSON with base64, events, or the first picture itself."""

from __future__ import annotations

import asyncio
import json

import orjson
from aiohttp import hdrs, web

from gateway.answers import Answer, AnsweredImage
from gateway.blob import Encoded, to_base64
from gateway.errors import Gone
from gateway.handlers.events import EventStream, Work
from gateway.handlers.hosted import ONLY_SHOWN, serve_hosted
from gateway.handlers.pieces import body_of
from gateway.hosting.gallery import Gallery
from gateway.hosting.signing import Links
from gateway.images import Picture, ResponseFormat, UpscaleRequest
from gateway.imaging.limits import UNLIMITED
from gateway.imaging.reading import read_picture
from gateway.origin import Origin
from gateway.request_keys import CACHE_AGE, CACHE_STATE, IMAGE_REQUEST, IS_REPLAY, UPSTREAM_HEADER
from gateway.upstreams.base import Progress, Report

REPLAYED = "Idempotent-Replayed"


class Renderer:
    def __init__(self, gallery: Gallery, origin: Origin, links: Links) -> None:
        self._gallery = gallery
        self._origin = origin
        self._links = links

    async def __call__(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Write an answer that is here."""

        async def ready(_: Report) -> Answer:
            return answer

        return await self.live(request, ready)

    async def live(self, request: web.Request, work: Work) -> web.StreamResponse:
        """Do `work` and write its answer, telling of progress where the client listens."""
        order = request[IMAGE_REQUEST]
        if not isinstance(order, UpscaleRequest) and order.stream:
            return await EventStream(request, self._picture, self._url, self._headers).run(work)
        answer = await work(_unheard)
        if wants_picture(request):
            return await self._first_picture(request, answer)
        body = body_of(await self._json(request, answer))
        return web.Response(body=body, content_type="application/json", headers=self._headers(request, answer))

    async def _first_picture(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        first = answer.images[0]
        headers = self._headers(request, answer)
        if first.name is not None:
            return await serve_hosted(request, self._gallery, str(first.name), headers)
        picture = await self._picture(first)
        said = {**ONLY_SHOWN, **headers}
        return web.Response(body=await picture.blob.load(), content_type=picture.format.mime, headers=said)

    async def _picture(self, image: AnsweredImage) -> Picture:
        if image.picture is not None:
            return image.picture
        data = await self._gallery.load(str(image.name))
        if data is None:
            raise Gone
        return await asyncio.to_thread(read_picture, data, UNLIMITED)

    def _url(self, request: web.Request, image: AnsweredImage) -> str | None:
        """The picture's address, where it is hosted and addresses are wanted."""
        if image.name is None or request[IMAGE_REQUEST].response_format is ResponseFormat.B64_JSON:
            return None
        return self._origin.of(request) + self._links.path(image.name)

    def _headers(self, request: web.Request, answer: Answer) -> dict[str, str]:
        headers = {
            UPSTREAM_HEADER: answer.upstream,
            "X-Upstream-Attempts": str(answer.attempts),
            "X-Cache": request[CACHE_STATE],
            hdrs.CACHE_CONTROL: "no-store",
        }
        if request.method == hdrs.METH_GET:
            headers[hdrs.VARY] = "Accept"
        if IS_REPLAY in request:
            headers[REPLAYED] = "true"
        if headers["X-Cache"] == "HIT":
            headers[hdrs.AGE] = str(request.get(CACHE_AGE, 0))
        return headers

    async def _json(self, request: web.Request, answer: Answer) -> list[Encoded]:
        """Pieces of the body. Base64 needs no escaping, so a picture is not walked again by a JSON encoder."""
        pieces: list[Encoded] = [b'{"created":%d,"data":[' % answer.created]
        for index, image in enumerate(answer.images):
            opening = b",{" if index else b"{"
            url = self._url(request, image)
            if url is None:
                pieces += [opening + b'"b64_json":"', await to_base64((await self._picture(image)).blob), b'"']
            else:
                pieces.append(opening + b'"url":' + orjson.dumps(url))
            if image.revised_prompt is not None:
                pieces.append(b',"revised_prompt":' + json.dumps(image.revised_prompt).encode())
            pieces.append(b"}")
        pieces.append(b"]}")
        return pieces


def wants_picture(request: web.Request) -> bool:
    """Whether an `<img>` tag asks: a GET that takes images, and neither a page nor JSON, and names no format."""
    if request.method != hdrs.METH_GET or "response_format" in request.query:
        return False
    accept = request.headers.get(hdrs.ACCEPT, "").lower()
    return "image/" in accept and "text/html" not in accept and "application/json" not in accept


def _unheard(_: Progress) -> None:
    """Nobody listens to the progress of an ordinary answer."""
