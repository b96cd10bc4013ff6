"""What is under way is counted, and connections are let go of while the process drains."""

from __future__ import annotations

import pytest
from aiohttp import web
from support.links import Mount

from gateway.lifecycle import Lifecycle
from gateway.middleware.draining import draining


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


async def test_a_request_counts_while_it_is_answered(mount: Mount, lifecycle: Lifecycle) -> None:
    async def count(_: web.Request) -> web.StreamResponse:
        return web.Response(text=str(lifecycle.requests))

    client = await mount(draining(lifecycle), handler=count)

    assert await (await client.get("/")).text() == "1"
    assert lifecycle.requests == 0


async def test_a_request_that_fails_is_no_longer_counted(mount: Mount, lifecycle: Lifecycle) -> None:
    async def fail(_: web.Request) -> web.StreamResponse:
        raise ZeroDivisionError

    client = await mount(draining(lifecycle), handler=fail)
    await client.get("/")

    assert lifecycle.requests == 0


@pytest.mark.parametrize("drains", [False, True])
async def test_connections_are_kept_until_it_drains(mount: Mount, lifecycle: Lifecycle, *, drains: bool) -> None:
    client = await mount(draining(lifecycle))
    lifecycle.ready()
    if drains:
        lifecycle.drain()

    response = await client.get("/")

    assert response.status == 200
    assert (response.headers.get("Connection") == "close") is drains
