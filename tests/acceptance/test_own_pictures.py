"""Hosted pictures handed back in: read from the store behind any address, never over the network (S9)."""

from __future__ import annotations

from io import BytesIO

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port
from support.background import Serve, Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, ask, hosted, picture, picture_of
from support.samples import decoded

PUBLIC = "https://pictures.example.com"


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


async def test_generate_edit_upscale_by_hosted_urls_needs_no_network(gateway: Gateway) -> None:
    """By default loopback is not fetched from, so what works here was not fetched."""
    _, made = await gateway.post(GENERATIONS, json={"prompt": "a lighthouse", "size": "768x1024"})

    _, edited = await gateway.post(EDITS, json={"prompt": "make it snow", "image": made["data"][0]["url"]})
    _, larger = await gateway.post(UPSCALE, json={"image": edited["data"][0]["url"]})

    async with gateway.client.get(larger["data"][0]["url"]) as response:
        assert decoded(await response.read()).size == (1536, 2048)


@pytest.mark.parametrize("public", [PUBLIC, f"{PUBLIC}/gateway", "http://10.1.2.3:8080", "http://nowhere.invalid"])
async def test_it_works_behind_any_public_address(start: StartGateway, public: str) -> None:
    gateway = await start({"server": {"public_url": public}})

    url = await hosted(gateway)
    status, again = await gateway.post(EDITS, json={"prompt": "make it snow", "image": url})
    read, _ = await gateway.get(UPSCALE, params={"image": url})

    assert url.startswith(f"{public}/images/")
    assert (status, read) == (200, 200)
    assert again["data"][0]["url"].startswith(f"{public}/images/")


async def test_without_a_public_address_the_host_of_the_request_is_used(gateway: Gateway) -> None:
    sent = {"Host": "localhost:9000"}

    _, made = await gateway.post(GENERATIONS, json={"prompt": "a"}, headers=sent)
    url = made["data"][0]["url"]
    known, _ = await gateway.post(UPSCALE, json={"image": url}, headers=sent)
    foreign, _ = await gateway.post(UPSCALE, json={"image": url})

    assert url.startswith("http://localhost:9000/images/")
    assert (known, foreign) == (200, 400)


async def test_an_own_picture_may_be_picture_and_mask_among_others(gateway: Gateway) -> None:
    url = await hosted(gateway)

    status, _ = await gateway.post(EDITS, json={"prompt": "make it snow", "image": [url, url], "mask": url})

    assert status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/images/none.png",
        "/images/../secret.png",
        "/images/%2e%2e/x.png",
        "/images/a.png/b",
        "/images/",
        "/v1/images/generations?prompt=a",
        "/metrics",
        "",
    ],
)
async def test_nothing_else_of_the_gateway_is_read(serve: Serve, client: ClientSession, path: str) -> None:
    """Not even where private networks may be fetched from, of which the gateway is a part."""
    address = serve({"server": {"port": unused_port()}, "inputs": {"allow_private_networks": True}})

    async with client.post(address + UPSCALE, json={"image": address + path}) as response:
        status, body = response.status, await response.json()

    assert (status, error_in(body)["param"]) == (400, "image")
    assert await requests_seen(address, client) == 1


async def requests_seen(address: str, client: ClientSession) -> int:
    async with client.get(address + "/metrics") as response:
        lines = (await response.text()).splitlines()
    counts = [line for line in lines if line.startswith("gateway_http_requests_total{")]
    return sum(int(float(line.rpartition(" ")[2])) for line in counts)


async def test_a_query_or_a_fragment_does_not_hide_an_own_picture(gateway: Gateway) -> None:
    url = await hosted(gateway)

    statuses = [(await gateway.post(UPSCALE, json={"image": url + more}))[0] for more in ("?size=large", "#top")]

    assert statuses == [200, 200]


async def test_an_edit_of_a_hosted_picture_is_that_of_its_bytes(gateway: Gateway) -> None:
    url = await hosted(gateway)
    data = (await ask(gateway, "GET", url)).body

    by_url = await picture(gateway, EDITS, {"prompt": "make it snow", "image": url})
    _, uploaded = await gateway.post(EDITS, data={"prompt": "make it snow", "image": BytesIO(data)})

    assert await picture_of(gateway, uploaded["data"][0]) == by_url
