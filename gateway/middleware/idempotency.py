"""`Idempotency-Key`: the same key with the same request gives the same answer, also after a lost connection."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import web

from gateway.answers import Answer
from gateway.caching.claims import Claims
from gateway.caching.naming import digest_of
from gateway.errors import BadRequest, KeyReused, Unavailable
from gateway.hosting.gallery import Gallery
from gateway.jobs import Claim, Jobs, Keep, Known, Sharing
from gateway.middleware.links import Handler, Link
from gateway.request_keys import ATTEMPTS, CACHE_STATE, CALLER, DEADLINE, IMAGE_REQUEST, IS_REPLAY, SHARING
from gateway.upstreams.base import Report

HEADER = "Idempotency-Key"
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
_log = logging.getLogger("gateway.idempotency")


class Render(Protocol):
    async def __call__(self, request: web.Request, answer: Answer) -> web.StreamResponse: ...

    async def live(self, request: web.Request, work: Callable[[Report], Awaitable[Answer]]) -> web.StreamResponse: ...


def idempotency(claims: Claims, jobs: Jobs, gallery: Gallery, render: Render) -> Link:
    """Stands before the links that fetch input pictures: who asks again needs none, and a URL may have died since."""

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        key = _key(request)
        if key is None:
            return await handler(request)
        # The digest of the request as it was sent: a picture's URL counts as text, whatever it gives today.
        claim = Claim(key, await digest_of(request[IMAGE_REQUEST]))
        known = _known(claim, claims, gallery)
        answer = await known()
        if answer is not None:
            request[IS_REPLAY] = True
            return await render(request, answer)
        sharing = Sharing(claim=claim, known=known, keep=(_keep(claim, claims),), everywhere=True)
        request[SHARING] = sharing
        job = jobs.join(sharing, request[DEADLINE].end)
        if job is None:
            return await handler(request)
        request[ATTEMPTS] = job.attempts
        request[CACHE_STATE] = "COALESCED"
        return await render.live(request, job.result)

    return link


def _key(request: web.Request) -> str | None:
    """The client's key, which is its token's own; None when it sent none.

    Raises:
        BadRequest: malformed, or sent twice.
    """
    sent = request.headers.getall(HEADER, [])
    if not sent:
        return None
    if len(sent) > 1 or not _PRINTABLE.fullmatch(sent[0]):
        raise BadRequest(f"{HEADER} must be 1 to 255 printable ASCII characters", param=HEADER)
    return f"{request.get(CALLER, '')}\n{sent[0]}"


def _known(claim: Claim, claims: Claims, gallery: Gallery) -> Known:
    async def known() -> Answer | None:
        """Raises KeyReused when the key stands for another request."""
        kept = await claims.get(claim.key)
        if kept is None:
            return None
        if kept.digest != claim.digest:
            raise KeyReused
        return kept.answer if gallery.still_has(kept.answer) else None

    return known


def _keep(claim: Claim, claims: Claims) -> Keep:
    async def keep(answer: Answer) -> None:
        try:
            await claims.put(claim, answer)
        except (OSError, Unavailable):
            # The pictures are made, paid for and hosted: an error would only have them made again.
            _log.exception("an Idempotency-Key could not be kept")

    return keep
