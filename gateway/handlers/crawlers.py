"""What crawlers and browsers ask for unbidden."""

from __future__ import annotations

from aiohttp import hdrs, web

_DAY = {hdrs.CACHE_CONTROL: "public, max-age=86400"}
_BANANA = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<path d="M24 3c2 1 2 3 1 5 3 10-5 20-16 20-3 0-5-1-5-3 0-1 1-2 3-2 8-1 13-7 13-15 0-2 1-5 4-5z" fill="#f4c20d"/>'
    '<path d="M24 3c2 1 2 3 1 4l-4-1c0-2 1-3 3-3z" fill="#6b4e16"/></svg>'
)


async def robots(_: web.Request) -> web.StreamResponse:
    """Stay out: every page of an image API costs somebody money."""
    return web.Response(text="User-agent: *\nDisallow: /\n", headers=_DAY)


async def favicon(_: web.Request) -> web.StreamResponse:
    return web.Response(text=_BANANA, content_type="image/svg+xml", headers=_DAY)
