"""`Idempotency-Key`: the same key with the same request gives the same answer, also after a lost connection."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from gateway.answers import Answer
from gateway.caching.claims import ClaimStore
from gateway.errors import BadRequest, KeyReused
from gateway.hosting.gallery import Gallery
from gateway.jobs import Claim, Sharing
from gateway.middleware.links import Handler, Link
from gateway.request_keys import CALLER, IMAGE_REQUEST, SHARING

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")


def idempotency(
    claims: ClaimStore, gallery: Gallery, render: Callable[[web.Request, Answer], Awaitable[web.StreamResponse]]
) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        sent = request.headers.get(HEADER)
        if sent is None:
            return await handler(request)
        if not _PRINTABLE.fullmatch(sent) or len(request.headers.getall(HEADER)) > 1:
            raise BadRequest(f"{HEADER} must be 1 to 255 printable ASCII characters", param=HEADER)
        # The digest of the request as it was sent: a picture's URL counts as text, whatever it gives today.
        claim = Claim(f"{request.get(CALLER, '')}\n{sent}", request[IMAGE_REQUEST].digest())
        kept = await claims.get(claim.key)
        if kept is not None and gallery.still_has(kept.answer):
            if kept.digest != claim.digest:
                raise KeyReused
            response = await render(request, kept.answer)
            response.headers[REPLAYED] = "true"
            return response

        async def keep(answer: Answer) -> None:
            await claims.put(claim, answer)

        sharing = request.get(SHARING, Sharing())
        request[SHARING] = replace(sharing, claim=claim, keep=(*sharing.keep, keep))
        return await handler(request)

    return link
