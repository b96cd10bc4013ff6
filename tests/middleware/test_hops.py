"""A request that has come through too many gateways goes no further (U3)."""

from __future__ import annotations

import pytest
from aiohttp import web
from support.links import Mount

from gateway.hops import current_hops, onward
from gateway.middleware.hops import hops


async def say_onward(_: web.Request) -> web.StreamResponse:
    return web.json_response(onward())


@pytest.mark.parametrize(
    ("headers", "sent_on"), [({}, "1"), ({"X-Gateway-Hops": "0"}, "1"), ({"X-Gateway-Hops": "3"}, "4")]
)
async def test_each_gateway_counts_itself(mount: Mount, headers: dict[str, str], sent_on: str) -> None:
    client = await mount(hops(3), handler=say_onward)

    response = await client.get("/", headers=headers)

    assert (response.status, await response.json()) == (200, {"X-Gateway-Hops": sent_on})


@pytest.mark.parametrize("sent", ["4", "9999", "99999999999999999999", "-1", "1.0", " ", "two", "٣", "1, 1"])
async def test_too_many_and_what_is_no_count_are_refused(mount: Mount, sent: str) -> None:
    client = await mount(hops(3), handler=say_onward)

    response = await client.get("/", headers={"X-Gateway-Hops": sent})

    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (400, "too_many_hops")
    assert "circle" in error["message"]


async def test_two_counts_are_none(mount: Mount) -> None:
    client = await mount(hops(3), handler=say_onward)

    response = await client.get("/", headers=[("X-Gateway-Hops", "1"), ("X-Gateway-Hops", "2")])

    assert response.status == 400


async def test_the_count_ends_with_its_request(mount: Mount) -> None:
    client = await mount(hops(3), handler=say_onward)

    await client.get("/", headers={"X-Gateway-Hops": "2"})

    assert current_hops.get() == 0
