"""Hosted pictures: GET and HEAD with entity tags, ranges, and headers that keep a browser from running anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple

from aiohttp import hdrs, web

from gateway.errors import Gone, RangeNotSatisfiable
from gateway.hosting.gallery import Gallery
from gateway.hosting.names import HostedName
from gateway.hosting.redirects import LIFE, Redirects
from gateway.hosting.signing import Access, Links
from gateway.hosting.stores.base import StoredPicture
from gateway.middleware.links import Handler

WHOLE = 8 * 2**20
"""Bytes up to which a picture is read and sent in one piece: fewer system calls, and verified before it leaves."""

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
ONLY_SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
)
"""Of every answer that is a picture: any page may show it, and no browser runs anything in it."""
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_FREE_ACCESS = Access()


class Range(NamedTuple):
    """Bytes from `start` up to but not including `stop`."""

    start: int
    stop: int


def hosted(gallery: Gallery, links: Links, redirects: Redirects | None = None) -> Handler:
    """With `redirects`, clients are sent to where the pictures lie."""

    async def handle(request: web.Request) -> web.StreamResponse:
        filename = request.match_info["filename"]
        access = links.access(filename, request.query)
        if access is None:
            raise Gone
        if redirects is not None:
            return await _redirect(request, gallery.name(filename), redirects)
        return await serve_hosted(request, gallery, filename, access=access)

    return handle


async def serve_hosted(
    request: web.Request,
    gallery: Gallery,
    filename: str,
    headers: Mapping[str, str] = _NO_HEADERS,
    access: Access = _FREE_ACCESS,
) -> web.StreamResponse:
    """The picture, or the part of it that was asked for; `headers` win over those of a hosted picture.

    `access` was granted already; it only bounds how long and by whom the answer may be kept.

    Raises:
        Gone: not a name of ours, unknown, expired or damaged.
        RangeNotSatisfiable: a range that lies behind the end.
    """
    stored = await gallery.open(filename)
    if stored is None:
        raise Gone
    async with stored:
        said = {**_headers(stored.name, gallery.seconds_left(stored.name), access), **headers}
        if _unchanged(request, stored.name):
            return web.Response(status=web.HTTPNotModified.status_code, headers=said)
        part = _part(request, stored) if request.method == hdrs.METH_GET else None  # RFC 9110: ranges are for GET
        said[hdrs.CONTENT_TYPE] = stored.name.format.mime
        if part is None:
            return await _send(request, stored, Range(0, stored.size), web.HTTPOk.status_code, said)
        said[hdrs.CONTENT_RANGE] = f"bytes {part.start}-{part.stop - 1}/{stored.size}"
        return await _send(request, stored, part, web.HTTPPartialContent.status_code, said)


async def _redirect(request: web.Request, name: HostedName | None, redirects: Redirects) -> web.StreamResponse:
    """To an address that is signed for this method; 307, so that HEAD stays HEAD."""
    if name is None:
        raise Gone
    if _unchanged(request, name):
        return web.Response(status=web.HTTPNotModified.status_code, headers={hdrs.ETAG: name.etag})
    method: Literal["GET", "HEAD"] = "HEAD" if request.method == hdrs.METH_HEAD else "GET"
    address = await redirects.address(name, method)
    if address is None:
        raise Gone
    said = {hdrs.LOCATION: address, hdrs.CACHE_CONTROL: f"private, max-age={int(LIFE / 2)}"}
    return web.Response(status=web.HTTPTemporaryRedirect.status_code, headers=said)


def _headers(name: HostedName, seconds_left: float, access: Access) -> dict[str, str]:
    scope = "private" if access.private else "public"
    life = max(0, int(min(seconds_left, access.seconds_left)))
    return {**_lasting_headers(name), hdrs.CACHE_CONTROL: f"{scope}, max-age={life}, immutable"}


@lru_cache(maxsize=4096)
def _lasting_headers(name: HostedName) -> Mapping[str, str]:
    """What is the same at every request for a picture."""
    return {
        hdrs.ETAG: name.etag,
        hdrs.LAST_MODIFIED: format_datetime(datetime.fromtimestamp(name.created, UTC), usegmt=True),
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CONTENT_DISPOSITION: f'inline; filename="{name}"',
        **ONLY_SHOWN,
    }


def _unchanged(request: web.Request, name: HostedName) -> bool:
    """RFC 9110, 13.2.2: entity tags decide, and the date only where no tag was sent."""
    tags = request.headers.get(hdrs.IF_NONE_MATCH)
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return bool(known & {"*", name.etag})
    since = _date(request.headers.get(hdrs.IF_MODIFIED_SINCE))
    return since is not None and name.created <= since.timestamp()


def _part(request: web.Request, stored: StoredPicture) -> Range | None:
    """The one range that was asked for. Several at once, or what is no range, is answered whole, as RFC 9110 allows."""
    match = _RANGE.fullmatch(request.headers.get(hdrs.RANGE, ""))
    if match is None or not (match[1] or match[2]) or not _still_the_same(request, stored.name):
        return None
    size = stored.size
    if not match[1]:
        start, stop = max(0, size - int(match[2])), size
    else:
        start = int(match[1])
        stop = min(size, int(match[2]) + 1) if match[2] else size
        if match[2] and int(match[2]) < start:
            return None
    if start >= stop:
        raise RangeNotSatisfiable(size)
    return Range(start, stop)


def _still_the_same(request: web.Request, name: HostedName) -> bool:
    condition = request.headers.get(hdrs.IF_RANGE)
    if condition is None or condition.strip() == name.etag:
        return True
    date = _date(condition)
    return date is not None and int(date.timestamp()) == name.created


def _date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # no date, and a year of twenty digits
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


async def _send(
    request: web.Request, stored: StoredPicture, part: Range, status: int, headers: Mapping[str, str]
) -> web.StreamResponse:
    length = part.stop - part.start
    if request.method != hdrs.METH_HEAD and length <= WHOLE:
        body = (
            await stored.load() if length == stored.size else b"".join([piece async for piece in stored.stream(*part)])
        )
        return web.Response(body=body, status=status, headers=headers)
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = length
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        async for piece in stored.stream(*part):
            await response.write(piece)
    await response.write_eof()
    return response
