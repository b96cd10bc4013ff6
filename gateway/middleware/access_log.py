"""One line a request. Neither the query nor any header is logged: both may hold prompts and secrets.

Nor is the whole name of a picture: whoever has it has the picture.
"""

from __future__ import annotations

import logging
import time

from aiohttp import web

from gateway.hosting.names import TOLD
from gateway.logs import event
from gateway.middleware.links import Handler, Link
from gateway.middleware.metrics import unanswered
from gateway.origin import Origin
from gateway.request_keys import CALLER, UPSTREAM_HEADER

_PICTURES = "/images/"

_log = logging.getLogger("gateway.access")


def access_log(origin: Origin) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        fields: dict[str, object] = {"method": request.method, "path": _told(request.path)}
        try:
            response = await handler(request)
            fields["status"] = response.status
            if (upstream := response.headers.get(UPSTREAM_HEADER)) is not None:
                fields["upstream"] = upstream
        except BaseException:
            fields["status"] = unanswered(request)
            raise
        else:
            return response
        finally:
            fields["ms"] = round((time.perf_counter() - started) * 1000, 1)
            fields["remote"] = origin.remote(request)
            if (caller := request.get(CALLER)) is not None:
                fields["caller"] = caller
            event(_log, logging.INFO, "request", **fields)

    return link


def _told(path: str) -> str:
    """Whatever the route: an address with a wrong prefix or method is refused, and names the picture all the same."""
    start = path.find(_PICTURES)
    end = start + len(_PICTURES) + TOLD
    return path if start < 0 or len(path) <= end else path[:end] + "..."
