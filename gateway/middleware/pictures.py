"""Fetches the input pictures that were named by URL, and holds the mask against the first of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web
from yarl import URL

from gateway.concurrency import all_of
from gateway.errors import BadRequest
from gateway.hosting.gallery import Gallery
from gateway.hosting.signing import Links
from gateway.images import EditRequest, Picture, PictureInput, UpscaleRequest
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import PictureLimits
from gateway.imaging.masks import require_size
from gateway.imaging.reading import read_picture
from gateway.inputs.fetch import GuardedFetch
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin
from gateway.request_keys import IMAGE_REQUEST


def pictures(fetch: GuardedFetch, gallery: Gallery, links: Links, origin: Origin, limits: PictureLimits) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]
        if isinstance(order, EditRequest):
            found = await all_of(_resolve(request, item, "image") for item in order.images)
            mask = await _resolve(request, order.mask, "mask") if order.mask else None
            _check_mask(mask, found[0])
            request[IMAGE_REQUEST] = replace(order, images=tuple(found), mask=mask)
        elif isinstance(order, UpscaleRequest):
            request[IMAGE_REQUEST] = replace(order, image=await _resolve(request, order.image, "image"))
        return await handler(request)

    async def _resolve(request: web.Request, sent: PictureInput, param: str) -> Picture:
        if isinstance(sent, Picture):
            return sent
        name = origin.hosted_path(request, sent.url)
        data = await _hosted(name, sent.url) if name is not None else await fetch.fetch(sent.url, param=param)
        if data is None:
            raise BadRequest.picture(param, "Image not found or expired.")
        try:
            return await asyncio.to_thread(read_picture, data, limits)
        except PictureError as error:
            raise BadRequest.picture(param, f"{error}.") from None

    async def _hosted(name: str, url: str) -> bytes | None:
        access = links.access(name, URL(url, encoded=True).query)
        return await gallery.load(name) if access is not None else None

    return link


def _check_mask(mask: Picture | None, first: Picture) -> None:
    if mask is None:
        return
    try:
        require_size(mask, (first.width, first.height))
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from None
