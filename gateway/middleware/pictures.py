"""Fetches the input pictures that were named by URL, and holds the mask against the first of them."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from gateway.concurrency import all_of
from gateway.errors import BadRequest
from gateway.hosting.gallery import Gallery
from gateway.hosting.signing import Links
from gateway.images import AnyRequest, EditRequest, Picture, PictureInput, UpscaleRequest
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import require_size
from gateway.inputs.fetch import GuardedFetch
from gateway.inputs.fields import Upload
from gateway.inputs.picture_intake import PictureIntake
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin
from gateway.request_keys import IMAGE_REQUEST
from gateway.spool import Spool, SpoolDraft


def pictures(fetch: GuardedFetch, gallery: Gallery, links: Links, origin: Origin, intake: PictureIntake) -> Link:
    return _PicturesLink(fetch, gallery, links, origin, intake)


class _PicturesLink:
    def __init__(
        self, fetch: GuardedFetch, gallery: Gallery, links: Links, origin: Origin, intake: PictureIntake
    ) -> None:
        self._fetch = fetch
        self._gallery = gallery
        self._links = links
        self._origin = origin
        self._intake = intake

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]
        if isinstance(order, EditRequest | UpscaleRequest):
            request[IMAGE_REQUEST] = await self._whole(request, order)
        return await handler(request)

    async def _whole(self, request: web.Request, order: EditRequest | UpscaleRequest) -> AnyRequest:
        spool = self._intake.spool()
        match order:
            case EditRequest():
                found = await all_of(self._picture(request, item, "image", spool) for item in order.images)
                mask = await self._picture(request, order.mask, "mask", spool) if order.mask else None
                _check_mask(mask, found[0])
                return order.but(images=tuple(found), mask=mask)
            case UpscaleRequest():
                return order.but(image=await self._picture(request, order.image, "image", spool))

    async def _picture(self, request: web.Request, sent: PictureInput, param: str, spool: Spool) -> Picture:
        if isinstance(sent, Picture):
            return sent
        draft = spool.draft()
        name = self._origin.hosted_path(request, sent.url)
        if name is None:
            await self._fetch.fetch_into(draft.add, sent.url, param=param)
        elif not await self._copied(name, sent.url, draft):
            raise BadRequest.picture(param, "Image not found or expired.")
        return await self._intake.take(Upload(await draft.finish()), param, spool)

    async def _copied(self, name: str, url: str, draft: SpoolDraft) -> bool:
        """Whether one of our own pictures is there, and may be had through this link."""
        if self._links.access(name, URL(url, encoded=True).query) is None:
            return False
        stored = await self._gallery.open(name)
        if stored is None:
            return False
        async with stored:
            async for piece in stored.stream():
                await draft.add(piece)
        return True


def _check_mask(mask: Picture | None, first: Picture) -> None:
    if mask is None:
        return
    try:
        require_size(mask, (first.width, first.height))
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from None
