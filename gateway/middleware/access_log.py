"""One line a request. Neither the query nor any header is logged: both may hold prompts and secrets."""

from __future__ import annotations

import logging
import time

from aiohttp import web

from gateway.logs import event
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin
from gateway.request_keys import CALLER

_log = logging.getLogger("gateway.access")


def access_log(origin: Origin) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        status = 499
        try:
            response = await handler(request)
            status = response.status
            return response
        finally:
            event(
                _log,
                logging.INFO,
                "request",
                method=request.method,
                path=request.path,
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                remote=origin.remote(request),
                **({"caller": request[CALLER]} if CALLER in request else {}),
            )

    return link
