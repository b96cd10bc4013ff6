"""Every address of the gateway, group by group, and what answers there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import aiohttp_cors
from aiohttp import hdrs, web

from gateway.handlers.crawlers import favicon, robots
from gateway.handlers.docs import DocsHandlers
from gateway.handlers.health import HealthHandlers
from gateway.handlers.images import no_variations
from gateway.handlers.models import ModelHandlers
from gateway.images import Operation
from gateway.middleware.links import Handler

GET, HEAD, POST = hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST

IMAGE_PATHS = {
    Operation.GENERATE: "/images/generations",
    Operation.EDIT: "/images/edits",
    Operation.UPSCALE: "/images/upscale",
}


Door: TypeAlias = Callable[[Handler], Handler]


class Route(NamedTuple):
    method: str
    path: str
    handler: Handler


def api_routes(models: ModelHandlers, images: Mapping[Operation, Handler], door: Door) -> Iterator[Route]:
    """The published API behind its door, with `/v1` and without: some clients' base URL lacks the prefix."""
    for prefix in ("/v1", ""):
        yield Route(GET, f"{prefix}/models", door(models.list))
        yield Route(GET, f"{prefix}/models/{{model:.+}}", door(models.retrieve))
        for operation, path in IMAGE_PATHS.items():
            handler = door(images[operation])
            yield Route(POST, prefix + path, handler)
            yield Route(GET, prefix + path, handler)
        yield Route(POST, f"{prefix}/images/variations", door(no_variations))


def open_routes(hosted: Handler, openapi: Handler) -> Iterator[Route]:
    """What asks for no token: pictures behind unguessable names, and what the API is."""
    yield Route(GET, "/images/{filename}", hosted)
    yield Route(HEAD, "/images/{filename}", hosted)
    yield Route(GET, "/openapi.json", openapi)


def page_routes(page: Handler, asset: Handler) -> Iterator[Route]:
    """The studio. It asks for no token itself; the requests that it sends do, while any is configured."""
    for method in (GET, HEAD):
        yield Route(method, "/", page)
        yield Route(method, "/studio/{version}/{name}", asset)


def mcp_routes(mcp: Handler, door: Door) -> Iterator[Route]:
    yield Route(POST, "/mcp", door(mcp))


def docs_routes(docs: DocsHandlers) -> Iterator[Route]:
    """The guide and the API reference, open like the studio."""
    for method in (GET, HEAD):
        yield Route(method, "/docs", docs.index)
        yield Route(method, "/docs/", docs.slash)
        yield Route(method, "/docs/api", docs.reference)
        yield Route(method, "/docs/search", docs.search)
        yield Route(method, "/docs/assets/{version}/{name}", docs.asset)
        yield Route(method, "/docs/{page:.+}", docs.page)


def service_routes(health: HealthHandlers, metrics: Handler | None) -> Iterator[Route]:
    """What machines ask for, and no browser page of another origin."""
    yield Route(GET, "/healthz", health.alive)
    yield Route(GET, "/readyz", health.ready)
    if metrics is not None:
        yield Route(GET, "/metrics", metrics)
    yield Route(GET, "/robots.txt", robots)
    yield Route(GET, "/favicon.ico", favicon)


def add_routes(app: web.Application, routes: Iterable[Route], cors: aiohttp_cors.CorsConfig | None = None) -> None:
    """Those of one path share a resource, so that a wrong method is a 405 that lists the right ones."""
    resources: dict[str, web.Resource] = {}
    for route in routes:
        resource = resources.get(route.path)
        if resource is None:
            resource = resources[route.path] = app.router.add_resource(route.path)
            if cors is not None:
                cors.add(resource)
        added = resource.add_route(route.method, route.handler, expect_handler=_invite_later)
        if cors is not None:
            cors.add(added)


async def _invite_later(_: web.Request) -> None:
    """`Expect: 100-continue` is answered by whoever reads the body: a refused request never has to send its own."""
