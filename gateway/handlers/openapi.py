"""/openapi.json: the document is written once, at start."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aiohttp import hdrs, web

from gateway.middleware.links import Handler


def openapi(document: Mapping[str, object]) -> Handler:
    text = json.dumps(document, indent=1)

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-cache"})

    return handle
