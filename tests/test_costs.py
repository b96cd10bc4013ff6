"""What a request costs, counted in what does not depend on the machine: calls, hand-offs, codings and flushes."""

from __future__ import annotations

import base64
import gc
import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pybase64
import pytest
from support.calls import calls_per_request, in_this_thread, upstream_elsewhere
from support.gateway import Gateway, StartGateway
from support.provider import Reply, behind, providing

from bench.floors import make_app as make_floor
from bench.load import http_request
from bench.mock import noise_png
from gateway.logs import current_request_id

PICTURE = noise_png(400, 300)
"""About 360 KB, a PNG, and of a ratio that fits 4:3."""
GOOD = Reply(raw=json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(PICTURE).decode()}]}).encode())


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often threads were handed work, base64 was coded, and files were flushed."""
    counts: Counter[str] = Counter()

    def count(owner: Any, name: str, label: str, *, of_requests: bool = False) -> None:
        real = getattr(owner, name)

        def counting(*args: Any, **kwargs: Any) -> Any:
            if not of_requests or current_request_id.get() is not None:  # else the sweeper's, whenever it runs
                counts[label] += 1
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, counting)

    count(ThreadPoolExecutor, "submit", "hand-offs", of_requests=True)
    count(pybase64, "b64decode", "decoded")
    count(pybase64, "b64encode", "encoded")
    count(os, "fsync", "flushes")
    return counts


def without_flushes(counts: Counter[str]) -> Counter[str]:
    """What a request that hosts nothing has cost: the store's own record may be flushed at any time."""
    return Counter({what: times for what, times in counts.items() if what != "flushes"})


async def generated(gateway: Gateway, **fields: Any) -> Any:
    status, body = await gateway.post("/v1/images/generations", json={"prompt": "x", "size": "1024x768", **fields})
    assert status == 200, body
    return body["data"][0]


async def test_base64_is_decoded_once_and_passed_on_as_it_came(start: StartGateway, counted: Counter[str]) -> None:
    async with providing() as provider:
        provider.script(GOOD, GOOD)
        gateway = await start(behind(provider.base_url))
        await generated(gateway, response_format="b64_json")
        counted.clear()
        item = await generated(gateway, response_format="b64_json")
    assert base64.b64decode(item["b64_json"]) == PICTURE
    assert without_flushes(counted) == {"decoded": 1}


async def test_hosting_is_one_hand_off(start: StartGateway, counted: Counter[str]) -> None:
    async with providing() as provider:
        provider.script(GOOD, GOOD)
        gateway = await start(behind(provider.base_url))
        await generated(gateway)  # which makes the directories of this minute
        counted.clear()
        await generated(gateway)
    assert counted["hand-offs"] == 1
    assert counted["decoded"] == 1
    assert counted["encoded"] == 0
    assert counted["flushes"] <= 4  # the file and its directory, and both anew when the minute has just turned


async def test_a_picture_that_is_asked_for_again_costs_no_hand_off(start: StartGateway, counted: Counter[str]) -> None:
    async with providing() as provider:
        provider.script(GOOD)
        gateway = await start(behind(provider.base_url))
        url = (await generated(gateway))["url"]
        await gateway.picture(url)
        counted.clear()
        await gateway.picture(url)
    assert without_flushes(counted) == {}


async def test_a_cached_answer_costs_nothing_of_a_picture(start: StartGateway, counted: Counter[str]) -> None:
    async with providing() as provider:
        provider.script(GOOD)
        gateway = await start(behind(provider.base_url))
        path = "/v1/images/generations?prompt=x&size=1024x768&response_format=b64_json"
        await gateway.get(path)
        counted.clear()
        status, body = await gateway.get(path)
    assert (status, base64.b64decode(body["data"][0]["b64_json"])) == (200, PICTURE)
    assert without_flushes(counted) == {}


def _generation(address: str, path: str, **fields: str) -> bytes:
    body = json.dumps({"model": "nano-banana", "prompt": "a cat", **fields}).encode()
    return http_request("POST", address + path, headers={"Content-Type": "application/json"}, body=body)


async def test_a_small_request_calls_few_functions_more_than_a_bare_proxy(start: StartGateway) -> None:
    with upstream_elsewhere() as upstream:
        async with in_this_thread(make_floor("proxy", upstream)) as port:
            request = _generation("http://localhost", "/tiny/v1/images/generations")
            floor = await calls_per_request(request, port)
        gateway = await start(behind(f"{upstream}/tiny/v1"))
        request = _generation(gateway.address, "/v1/images/generations", response_format="b64_json")
        ours = await calls_per_request(request, urlsplit(gateway.address).port or 0)
    assert ours / floor < 3.3, (ours, floor)


async def test_requests_make_no_cycles_for_the_collector(start: StartGateway) -> None:
    async with providing() as provider:
        provider.script(*[GOOD] * 20)
        gateway = await start(behind(provider.base_url))
        await generated(gateway)
        gc.collect()
        gc.disable()
        try:
            for _ in range(10):
                await generated(gateway, response_format="b64_json")
            found = gc.collect()
        finally:
            gc.enable()
    assert found < 100, "ten requests leave something behind that only the collector frees"


@pytest.mark.parametrize(
    ("reply", "fields", "status"),
    [
        (GOOD, {"n": 99}, 400),
        (Reply(status=400, code="moderation_blocked"), {}, 400),
        (Reply(status=404), {}, 500),
        (Reply(raw=b'{"data":[{"b64_json":"bm8="}]}'), {}, 500),
    ],
    ids=["refused", "content refused", "rejected", "no picture"],
)
async def test_failures_make_no_cycles_either(start: StartGateway, reply: Reply, fields: Any, status: int) -> None:
    """Else an outage would hold the uploads of all who asked until the collector comes by."""
    async with providing() as provider:
        provider.script(*[reply] * 100)
        gateway = await start(behind(provider.base_url))
        for _ in range(2):
            await gateway.post("/v1/images/generations", json={"prompt": "x", **fields})
        gc.collect()
        gc.disable()
        try:
            for _ in range(10):
                assert (await gateway.post("/v1/images/generations", json={"prompt": "x", **fields}))[0] == status
            found = gc.collect()
        finally:
            gc.enable()
    assert found < 100
