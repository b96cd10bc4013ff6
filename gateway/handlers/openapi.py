"""/openapi.json: written at start, for a gateway that asks for tokens and for one that does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol

from aiohttp import hdrs, web

from gateway.middleware.links import Handler
from gateway.tokens import Tokens


class Describe(Protocol):
    def __call__(self, *, secured: bool) -> Mapping[str, object]:
        """The document; `secured`: the API asks for a bearer token."""


def openapi(describe: Describe, tokens: Tokens) -> Handler:
    texts = {secured: json.dumps(describe(secured=secured)) for secured in (False, True)}

    async def handle(_: web.Request) -> web.StreamResponse:
        text = texts[not tokens.is_open]
        return web.Response(text=text, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-cache"})

    return handle
