"""/openapi.json, for a gateway that asks for tokens and for one that does not."""

from __future__ import annotations

import asyncio
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
    """Written when it is first asked for, in a thread, and kept: it takes as long as all else that a start makes."""
    texts: dict[bool, str] = {}

    async def handle(_: web.Request) -> web.StreamResponse:
        secured = not tokens.is_open
        if secured not in texts:
            texts[secured] = await asyncio.to_thread(lambda: json.dumps(describe(secured=secured)))
        return web.Response(
            text=texts[secured], content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-cache"}
        )

    return handle
