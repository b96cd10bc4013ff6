"""Fetches the input pictures that were named by URL, and holds the mask against the first of them."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from gateway.concurrency import all_of
from gateway.errors import BadRequest, Gone, PayloadTooLarge
from gateway.hosting.gallery import Gallery
from gateway.hosting.signing import Links
from gateway.images import AnyRequest, EditRequest, Picture, PictureInput, UpscaleRequest
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import require_size
from gateway.inputs.fetch import GuardedFetch, Take
from gateway.inputs.fields import Upload
from gateway.inputs.picture_intake import PictureIntake
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin
from gateway.request_keys import IMAGE_REQUEST
from gateway.spool import Spool


def pictures(
    fetch: GuardedFetch, gallery: Gallery, links: Links, origin: Origin, intake: PictureIntake, most: int
) -> Link:
    """`most`: bytes that all pictures which one request names by URL may have, as if it had brought them itself."""
    return _PicturesLink(fetch, gallery, links, origin, intake, most)


class _Luggage:
    """What one request has had fetched."""

    def __init__(self, spool: Spool, most: int) -> None:
        self.spool = spool
        self._most = most
        self._size = 0

    def count(self, piece: bytes, param: str) -> None:
        self._size += len(piece)
        if self._size > self._most:
            raise PayloadTooLarge(f"The pictures at the URLs have more than {self._most} bytes in all", param=param)


class _PicturesLink:
    def __init__(
        self, fetch: GuardedFetch, gallery: Gallery, links: Links, origin: Origin, intake: PictureIntake, most: int
    ) -> None:
        self._fetch = fetch
        self._gallery = gallery
        self._links = links
        self._origin = origin
        self._intake = intake
        self._most = most

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]
        if isinstance(order, EditRequest | UpscaleRequest):
            request[IMAGE_REQUEST] = await self._whole(request, order)
        return await handler(request)

    async def _whole(self, request: web.Request, order: EditRequest | UpscaleRequest) -> AnyRequest:
        luggage = _Luggage(self._intake.spool(), self._most)
        match order:
            case EditRequest():
                found = await all_of(self._picture(request, item, "image", luggage) for item in order.images)
                mask = await self._picture(request, order.mask, "mask", luggage) if order.mask else None
                _check_mask(mask, found[0])
                return order.but(images=tuple(found), mask=mask)
            case UpscaleRequest():
                return order.but(image=await self._picture(request, order.image, "image", luggage))

    async def _picture(self, request: web.Request, sent: PictureInput, param: str, luggage: _Luggage) -> Picture:
        if isinstance(sent, Picture):
            return sent
        draft = luggage.spool.draft()

        async def take(piece: bytes) -> None:
            luggage.count(piece, param)
            await draft.add(piece)

        name = self._origin.hosted_path(request, sent.url)
        if name is None:
            await self._fetch.fetch_into(take, sent.url, param=param)
        elif not await self._copied(name, sent.url, take):
            raise BadRequest.picture(param, f"{Gone.WORDS}.")
        return await self._intake.take(Upload(await draft.finish()), param, luggage.spool)

    async def _copied(self, name: str, url: str, take: Take) -> bool:
        """Whether one of our own pictures is there, and may be had through this link."""
        if self._links.access(name, URL(url, encoded=True).query) is None:
            return False
        stored = await self._gallery.open(name)
        if stored is None:
            return False
        async with stored:
            async for piece in stored.stream():
                await take(piece)
        return True


def _check_mask(mask: Picture | None, first: Picture) -> None:
    if mask is None:
        return
    try:
        require_size(mask, (first.width, first.height))
    except PictureError as error:
        raise BadRequest.field("mask", f"{error}.", required=False) from None
