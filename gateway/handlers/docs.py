"""/docs: the guide as HTML and as Markdown, its search, and the API reference."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import hdrs, web

from gateway.errors import NotFound
from gateway.guide.pages import guide
from gateway.guide.site import Site, api_reference, shipped, version
from gateway.handlers.assets import SAFE_HEADERS, Asset, send

MARKDOWN = ".md"
_FRESH, _FOREVER, _NEVER = "no-cache", "public, max-age=31536000, immutable", "no-store"
_PAGES_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The guide is read without scripts."""


class DocsHandlers:
    """Documents are made when they are first asked for, in a thread, and kept: most gateways are never asked."""

    def __init__(self, public_url: str | None) -> None:
        self._guide = guide()
        self._site = Site(self._guide)
        self._made: dict[str, Asset] = {}
        self._page_headers = _headers(_PAGES_POLICY)
        self._reference_headers = _headers(_reference_policy(public_url))

    async def index(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, "index.html")

    async def slash(self, _: web.Request) -> web.StreamResponse:
        """Relative, so that it works behind a proxy that adds a path."""
        return web.Response(status=web.HTTPPermanentRedirect.status_code, headers={hdrs.LOCATION: "../docs"})

    async def page(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["page"]
        name = asked.removesuffix(MARKDOWN)
        if name not in self._guide.pages:
            raise NotFound("The guide has no such page. Its pages are listed at /docs")
        return await self._send(request, asked if asked.endswith(MARKDOWN) else f"{name}.html")

    async def search(self, request: web.Request) -> web.StreamResponse:
        text = await asyncio.to_thread(self._site.results, request.query.get("q", ""))
        return web.Response(
            text=text, content_type="text/html", headers={**self._page_headers, hdrs.CACHE_CONTROL: _NEVER}
        )

    async def reference(self, request: web.Request) -> web.StreamResponse:
        return send(request, Asset.of("api.html", api_reference().encode()), self._reference_headers)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        data = shipped(name)
        if data is None:
            raise NotFound("Unknown route. The guide is at /docs")
        asset = self._made.get(name)
        if asset is None:
            asset = self._made[name] = await asyncio.to_thread(Asset.of, name, data)
        known = request.match_info["version"] == version()
        return send(request, asset, {**SAFE_HEADERS, hdrs.CACHE_CONTROL: _FOREVER if known else _NEVER})

    async def _send(self, request: web.Request, document: str) -> web.StreamResponse:
        asset = self._made.get(document)
        if asset is None:
            asset = self._made[document] = await asyncio.to_thread(self._make, document)
        return send(request, asset, self._page_headers)

    def _make(self, document: str) -> Asset:
        name, _, kind = document.rpartition(".")
        if name == "index":
            text = self._site.index()
        elif kind == "html":
            text = self._site.page(self._guide.pages[name])
        else:
            text = self._guide.pages[name].text
        return Asset.of(document, text.encode())


def _headers(policy: str) -> Mapping[str, str]:
    headers: dict[str, str] = {**SAFE_HEADERS, "Content-Security-Policy": policy, hdrs.CACHE_CONTROL: _FRESH}
    return MappingProxyType(headers)


def _reference_policy(public_url: str | None) -> str:
    """Swagger UI shows its icons from data and pictures that it was given as blobs; requests go to this API alone."""
    ours = " ".join(["'self'", *(["/".join(public_url.split("/", 3)[:3])] if public_url else [])])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {ours} data: blob:",
            f"connect-src {ours}",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )
