"""An application with only the links under test and a handler that says what it saw."""

from __future__ import annotations

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpClient
from support.links import Client, Mount

from gateway.metrics import Metrics
from gateway.middleware.errors import errors
from gateway.middleware.links import Handler, Link, for_application


async def say_ok(_: web.Request) -> web.StreamResponse:
    return web.Response(text="ok")


@pytest.fixture
def mount(aiohttp_client: AiohttpClient) -> Mount:
    """A client of an application that holds `links` inside the errors link, and `handler` at every path."""

    async def make(*links: Link, handler: Handler = say_ok) -> Client:
        app = web.Application(middlewares=for_application(errors(Metrics()), *links))
        app.router.add_route("*", "/{path:.*}", handler)
        return await aiohttp_client(app)

    return make
