"""Which browser origins may call: aiohttp-cors answers preflights, this link settles what it leaves open.

It refuses foreign origins before any work is done (a GET that makes a picture has its effect whether or not
the browser may read the answer), and puts the headers on what has no route of its own: 404 and 405.
"""

from __future__ import annotations

import aiohttp_cors
from aiohttp import hdrs, web

from gateway.config import CorsConfig
from gateway.errors import Forbidden
from gateway.middleware.headers import Writer
from gateway.middleware.links import Handler, Link
from gateway.origin import Origin

ANY = "*"
EXPOSED = (
    "Age",
    "Content-Disposition",
    "ETag",
    "Idempotent-Replayed",
    "Retry-After",
    "X-Cache",
    "X-RateLimit-Limit-Images",
    "X-RateLimit-Limit-Requests",
    "X-RateLimit-Remaining-Images",
    "X-RateLimit-Remaining-Requests",
    "X-RateLimit-Reset-Images",
    "X-RateLimit-Reset-Requests",
    "X-Request-ID",
    "X-Should-Retry",
    "X-Upstream",
    "X-Upstream-Attempts",
)

FOR_MACHINES = frozenset({"/metrics", "/healthz", "/readyz"})
"""The operator's browser reaches these where no stranger does, and no page of another origin has business there."""


def cors(config: CorsConfig, origin: Origin) -> Link:
    allowed = frozenset(config.origins)

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        asking = request.headers.get(hdrs.ORIGIN)
        if asking is None or ANY in allowed or asking in allowed or asking == _without_path(origin.of(request)):
            if request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD not in request.headers:
                return _options(request) or await handler(request)
            return await handler(request)
        raise Forbidden("This browser origin is not allowed to call the gateway")

    return link


def _options(request: web.Request) -> web.StreamResponse | None:
    """The answer to an OPTIONS that is no preflight, which aiohttp-cors refuses: what the resource can do."""
    resource = request.match_info.route.resource
    if resource is None:
        return None
    methods = sorted({route.method for route in resource} | {hdrs.METH_OPTIONS})
    return web.Response(status=web.HTTPNoContent.status_code, headers={hdrs.ALLOW: ", ".join(methods)})


def _without_path(address: str) -> str:
    """Scheme and host, which is all that a browser tells of an origin; `public_url` may have a path behind them."""
    return "/".join(address.split("/", 3)[:3])


def preflights(app: web.Application, config: CorsConfig) -> aiohttp_cors.CorsConfig:
    """aiohttp-cors for `app`; routes are to be added to what is returned."""
    options = aiohttp_cors.ResourceOptions(  # type: ignore[no-untyped-call]  # aiohttp-cors has no annotations here
        allow_credentials=False, allow_headers="*", allow_methods="*", expose_headers=EXPOSED, max_age=3600
    )
    found = aiohttp_cors.setup(app, defaults=dict.fromkeys(config.origins, options))
    # Its headers of ordinary responses: `cors_headers` writes them for less.
    app.on_response_prepare.remove(found._cors_impl._on_response_prepare)  # type: ignore[union-attr]  # noqa: SLF001 - there after `setup`
    return found


def cors_headers(config: CorsConfig) -> Writer:
    """Completes the headers of every response that a browser asked for."""
    any_origin, exposed = ANY in config.origins, ",".join(EXPOSED)

    def write(request: web.Request, response: web.StreamResponse) -> None:
        if not any_origin:
            vary = response.headers.get(hdrs.VARY)
            response.headers[hdrs.VARY] = f"{vary}, Origin" if vary else "Origin"
        asking = request.headers.get(hdrs.ORIGIN)
        if asking is None or request.path in FOR_MACHINES:
            return
        if any_origin:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = ANY
        elif asking in config.origins:
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = asking
        else:
            return
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = exposed

    return write
