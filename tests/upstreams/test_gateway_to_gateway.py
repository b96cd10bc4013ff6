"""Gateways as each other's backends: the same pictures come through, and a circle ends in an error, not a storm."""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import ClientSession, FormData, web
from support.backend import Backend, backend, hangs_up, says
from support.gateway import Document, Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, pictures
from support.samples import alpha_mask, data_url, decoded, quarters

Start: TypeAlias = Callable[..., Coroutine[Any, Any, Gateway]]

DRIVERS: dict[str, dict[str, Any]] = {
    "nanobanana": {},
    "openai": {"model": "nano-banana", "size_mode": "ratio", "send_response_format": "b64_json", "extras": ["seed"]},
}


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def behind(address: str, driver: str, **keys: Any) -> Document:
    """Sections of a gateway whose one backend is the gateway at `address`."""
    upstream = {"driver": driver, "base_url": f"{address}/v1", **DRIVERS[driver], **keys}
    enlarger = "peer" if driver == "nanobanana" else "local"
    return {
        "upstreams": {"peer": upstream, "local": {"driver": "local"}},
        "models": {
            "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["peer"]},
            "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": [enlarger]},
        },
    }


@pytest.fixture
def start_at(start: StartGateway, tmp_path: Path) -> Start:
    """Start a gateway with a store of its own."""

    async def start_one(name: str, document: Document | None = None) -> Gateway:
        return await start({**(document or {}), "images": {"store": f"file:{tmp_path / name}"}})

    return start_one


async def test_four_pictures_come_through_bit_for_bit(start_at: Start, driver: str) -> None:
    peer = await start_at("peer")
    front = await start_at("front", behind(peer.address, driver))
    order = {"prompt": "a lighthouse at dusk", "n": 4, "aspect_ratio": "16:9", "seed": 7, "response_format": "b64_json"}

    through, direct = await pictures(front, GENERATIONS, order), await pictures(peer, GENERATIONS, order)

    assert len(set(through)) == 4
    assert through == direct


async def test_a_masked_edit_of_several_pictures_comes_through(start_at: Start, driver: str) -> None:
    peer = await start_at("peer")
    front = await start_at("front", behind(peer.address, driver))
    order = {
        "prompt": "make it darker",
        "image": [data_url(quarters((320, 240))), data_url(quarters((64, 64)))],
        "mask": data_url(alpha_mask((320, 240), (0, 0, 160, 240))),
        "response_format": "b64_json",
    }

    through, direct = await pictures(front, EDITS, order), await pictures(peer, EDITS, order)

    result = decoded(through[0]).convert("RGB")
    assert through == direct
    assert (result.size, result.getpixel((300, 20))) == ((320, 240), (0, 255, 0))
    assert result.getpixel((20, 20)) != (255, 0, 0)


async def test_a_form_comes_through(start_at: Start, driver: str) -> None:
    peer = await start_at("peer")
    front = await start_at("front", behind(peer.address, driver))
    form = FormData({"prompt": "make it warmer", "n": "2", "seed": "7", "output_format": "webp"})
    form.add_field("image[]", quarters((320, 240)), filename="one.png", content_type="image/png")

    status, answer = await front.post(EDITS, data=form)

    assert status == 200, answer
    assert [(await front.picture(item["url"])).format for item in answer["data"]] == ["WEBP", "WEBP"]


@pytest.mark.parametrize("factor", ["x2", "x4"])
async def test_an_upscale_comes_through(start_at: Start, factor: str) -> None:
    peer = await start_at("peer")
    front = await start_at("front", behind(peer.address, "nanobanana"))
    order = {"image": data_url(quarters((66, 50))), "upscale_factor": factor, "response_format": "b64_json"}

    through, direct = await pictures(front, UPSCALE, order), await pictures(peer, UPSCALE, order)

    assert through == direct
    assert decoded(through[0]).size == (66 * int(factor[1]), 50 * int(factor[1]))


async def test_a_picture_larger_than_a_megabyte_is_uploaded(start_at: Start, driver: str) -> None:
    peer = await start_at("peer")
    front = await start_at("front", behind(peer.address, driver))
    large = quarters((800, 800), compress_level=0)

    form = FormData({"prompt": "invert", "image": io.BytesIO(large)})

    status, answer = await front.post(EDITS, data=form)

    assert (status, len(large) > 2**20) == (200, True), answer
    made = await front.picture(answer["data"][0]["url"])
    assert made.convert("RGB").getpixel((0, 0)) == (0, 255, 255)


async def test_the_peer_s_token_is_the_configured_one(start_at: Start) -> None:
    peer = await start_at("peer", {"auth": {"tokens": [{"name": "front", "token": "canary"}]}})
    front = await start_at("front", behind(peer.address, "nanobanana", api_key="canary"))
    stranger = await start_at("stranger", behind(peer.address, "nanobanana", api_key="wrong"))

    status, _ = await front.post(GENERATIONS, json={"prompt": "a lighthouse"})
    refused, answer = await stranger.post(GENERATIONS, json={"prompt": "a lighthouse"})

    assert (status, refused) == (200, 500)
    assert answer["error"]["message"] == "Upstream API error: 401 - Unauthorized"


class Relay:
    """Stands where a gateway will be, so that two of them can know each other's address."""

    def __init__(self, client: ClientSession) -> None:
        self.target = ""
        self._client = client

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        kept = {"Content-Type", "X-Gateway-Hops", "x-should-retry"}
        headers = {name: value for name, value in request.headers.items() if name in kept}
        data = await request.read()
        async with self._client.request(request.method, self.target + request.path, data=data, headers=headers) as said:
            headers = {name: value for name, value in said.headers.items() if name in kept}
            return web.Response(status=said.status, body=await said.read(), headers=headers)


@pytest.mark.parametrize("methods", [["GET"], ["GET", "POST"]], ids=["uncached", "cached"])
async def test_a_circle_of_gateways_ends_in_a_clear_error(
    start_at: Start, client: ClientSession, driver: str, methods: list[str]
) -> None:
    relay = Relay(client)
    cache = {"cache": {"methods": methods}}
    async with backend(relay) as between:
        first = await start_at("first", {**behind(between.address, driver), **cache})
        second = await start_at("second", {**behind(first.address, driver), **cache})
        relay.target = second.address

        status, answer = await first.post(GENERATIONS, json={"prompt": "a lighthouse", "n": 4})

    assert (status, answer["error"]["code"]) == (400, "too_many_hops")
    assert laps(between) == 2


async def test_a_circle_with_a_way_out_gives_the_picture(start_at: Start, client: ClientSession) -> None:
    relay = Relay(client)
    async with backend(relay) as between:
        first = await start_at("first", behind(between.address, "nanobanana"))
        with_a_way_out = behind(first.address, "nanobanana")
        with_a_way_out["models"]["nano-banana"]["upstreams"].append("local")
        second = await start_at("second", with_a_way_out)
        relay.target = second.address

        status, answer = await first.post(GENERATIONS, json={"prompt": "a lighthouse"})

    assert status == 200, answer
    assert laps(between) == 2


def laps(between: Backend) -> int:
    return between.asked.count(GENERATIONS)


async def test_what_a_peer_may_have_been_billed_for_is_bought_from_nobody_else(
    start_at: Start, client: ClientSession, driver: str
) -> None:
    relay = Relay(client)
    async with backend(relay) as between, backend(hangs_up) as billed:
        peer = await start_at("peer", behind(billed.address, "openai"))
        with_a_way_out = behind(between.address, driver)
        with_a_way_out["models"]["nano-banana"]["upstreams"].append("local")
        front = await start_at("front", with_a_way_out)
        relay.target = peer.address

        status, _ = await front.post(GENERATIONS, json={"prompt": "a lighthouse"})

    assert (status, laps(between), laps(billed)) == (500, 1, 1)


async def test_what_a_peer_has_tried_in_vain_is_not_tried_again(start_at: Start, client: ClientSession) -> None:
    relay = Relay(client)
    async with backend(relay) as between, backend(says(500, json={})) as broken:
        peer = await start_at("peer", behind(broken.address, "openai"))
        front = await start_at("front", behind(between.address, "nanobanana"))
        relay.target = peer.address

        status, answer = await front.post(GENERATIONS, json={"prompt": "a lighthouse"})

    assert (status, answer["error"]["message"]) == (500, "Upstream API error: 500 - Internal Server Error")
    assert (laps(between), laps(broken)) == (1, 3)
