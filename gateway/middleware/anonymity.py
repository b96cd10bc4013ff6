"""Does not tell which software of which version answers: that is what scanners look for."""

from __future__ import annotations

from aiohttp import hdrs, web


def hide_server(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall(hdrs.SERVER, None)
