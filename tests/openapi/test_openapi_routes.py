"""The document and the application know the same addresses."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from support.description import Description
from support.gateway import Document, Gateway

from gateway.app import describe, make_app
from gateway.config import Config

PAGES = {
    # For browsers and crawlers, who read no OpenAPI.
    "GET /robots.txt",
    "GET /favicon.ico",
    "GET /",
    "HEAD /",
    "GET /studio/{version}/{name}",
    "HEAD /studio/{version}/{name}",
    *(
        f"{method} /docs{path}"
        for method in ("GET", "HEAD")
        for path in ("", "/", "/api", "/search", "/{page}", "/assets/{version}/{name}")
    ),
    # Speaks a protocol of its own, which tells what it offers.
    "POST /mcp",
    # Exists in OpenAI's clients and is refused here, so there is nothing to describe.
    "POST /v1/images/variations",
}


def test_every_route_is_described_and_every_description_is_a_route(configure: Callable[[Document], Config]) -> None:
    config = configure({})

    routes = _routes(make_app(config))
    described = {call.name for call in Description(describe(config)).calls()}

    assert described <= routes
    assert routes - described == PAGES | {name.replace("/v1/", "/") for name in routes if " /v1/" in name}


def test_unlisted_metrics_are_not_described(configure: Callable[[Document], Config]) -> None:
    config = configure({"metrics": {"enabled": False}})

    assert "GET /metrics" not in {call.name for call in Description(describe(config)).calls()}
    assert "GET /metrics" not in _routes(make_app(config))


async def test_the_document_is_served_as_it_is_printed(
    gateway: Gateway, configure: Callable[[Document], Config]
) -> None:
    status, served = await gateway.get("/openapi.json")

    assert (status, served) == (200, describe(configure({})))


async def test_answers_are_as_described(gateway: Gateway) -> None:
    _, document = await gateway.get("/openapi.json")
    described = Description(document)

    for path, schema in {"/v1/models": "ModelList", "/v1/models/nano-banana": "Model", "/v1/models/x": "Error"}.items():
        _, answer = await gateway.get(path)
        assert described.accepts(described.schema(schema), answer), answer


def _routes(app: web.Application) -> set[str]:
    """Preflights belong to every address and are described by none."""
    return {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None and route.method != "OPTIONS"
    }
