"""Whatever a backend does, a driver ends in one of the outcomes, soon, and keeps its key to itself (U1, U2, U5)."""

from __future__ import annotations

import gzip
import logging
import time
from collections.abc import Mapping
from typing import Any

import pytest
from support.backend import Answer, backend, dawdles, hangs_up, pours, says
from support.drivers import edition, enlargement, generation, opened, unheard
from support.samples import plain

from gateway.config_file import parse
from gateway.images import ImageRequest, Operation
from gateway.upstreams import DRIVER_SETTINGS, http
from gateway.upstreams.base import Ambiguous, EmptyAnswer, Made, Refused, Rejected, Upstream, UpstreamError

CANARY = "canary-0123456789"
DRIVERS: Mapping[str, dict[str, Any]] = {
    "automatic1111": {"username": "gateway", "password": CANARY},
    "gemini": {"api_key": CANARY, "model": "gemini-2.5-flash-image"},
    "nanobanana": {"api_key": CANARY},
    "openai": {"api_key": CANARY, "model": "painter-1", "upscale": {}},
    "vertex": {"access_token": CANARY, "project": "p", "model": "gemini-2.5-flash-image"},
}
"""Drivers that answer a request with a response, with keys with which they can do as much as they can."""

NO_UPSCALE = {"gemini", "vertex"}
ABLE = [
    (driver, operation)
    for driver in DRIVERS
    for operation in Operation
    if operation is not Operation.UPSCALE or driver not in NO_UPSCALE
]

ORDERS = {
    Operation.GENERATE: generation(),
    Operation.EDIT: edition(plain()),
    Operation.UPSCALE: enlargement(plain()),
}


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def ask(upstream: Upstream, order: ImageRequest) -> tuple[Made, ...]:
    verb = getattr(upstream, order.operation.value)
    made: tuple[Made, ...] = await verb(order, unheard)
    return made


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (hangs_up, Ambiguous),
        (says(500, body=b"Traceback"), Refused),
        (says(503, body=b""), Refused),
        (says(429, body=b""), Refused),
        (says(502, body=b""), Ambiguous),
        (says(504, body=b""), Ambiguous),
        (says(400, json=[]), Rejected),
        (says(403, body=b"<html>"), Rejected),
        (says(body=b""), EmptyAnswer),
        (says(body=b"\xff\xfe\x00"), EmptyAnswer),
        (says(body=b"[" * 100_000), EmptyAnswer),
        (says(body=b"null"), EmptyAnswer),
        (says(json={"error": None, "data": None, "images": None, "image": None}), EmptyAnswer),
        (says(json={"data": [{"b64_json": "AAAA"}], "images": ["AAAA"], "image": "AAAA"}), EmptyAnswer),
        (says(body=gzip.compress(b" " * 2**20), headers={"Content-Encoding": "gzip"}), EmptyAnswer),
    ],
)
@pytest.mark.parametrize(("driver", "operation"), ABLE)
async def test_every_misbehaviour_is_an_outcome(
    driver: str, operation: Operation, answer: Answer, outcome: type[UpstreamError]
) -> None:
    async with backend(answer) as server, opened(driver, base_url=server.address, **DRIVERS[driver]) as upstream:
        with pytest.raises(outcome):
            await ask(upstream, ORDERS[operation])


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed_with_the_key(driver: str, status: int) -> None:
    async with (
        backend(says(json={})) as recorder,
        backend(says(status, headers={"Location": f"{recorder.address}/"})) as server,
        opened(driver, base_url=server.address, **DRIVERS[driver]) as upstream,
    ):
        with pytest.raises(Rejected):
            await ask(upstream, ORDERS[Operation.GENERATE])
        with pytest.raises(Rejected):
            await upstream.probe()

    assert recorder.asked == []


async def test_an_address_in_an_answer_is_not_fetched_from_private_networks(driver: str) -> None:
    async with backend(says(body=plain())) as recorder:
        item = {"url": f"{recorder.address}/one.png"}
        answer = says(json={"data": [item], "images": [item["url"]], "image": item["url"]})
        async with backend(answer) as server, opened(driver, base_url=server.address, **DRIVERS[driver]) as upstream:
            with pytest.raises(EmptyAnswer):
                await ask(upstream, ORDERS[Operation.GENERATE])

    assert recorder.asked == []


async def test_an_answer_without_an_end_is_cut(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 2**20)

    async with backend(pours) as server, opened(driver, base_url=server.address, **DRIVERS[driver]) as upstream:
        with pytest.raises(EmptyAnswer, match="more than"):
            await ask(upstream, ORDERS[Operation.EDIT])


async def test_an_answer_that_dawdles_is_given_up(driver: str) -> None:
    keys = {**DRIVERS[driver], "timeout": 0.2}
    started = time.monotonic()

    async with backend(dawdles) as server, opened(driver, base_url=server.address, **keys) as upstream:
        with pytest.raises(Ambiguous) as caught:
            await ask(upstream, ORDERS[Operation.GENERATE])

    assert caught.value.timed_out
    assert time.monotonic() - started < 3


async def test_the_key_is_in_no_log_and_in_no_error(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = says(500, body=b"Traceback")

    async with backend(answer) as server, opened(driver, base_url=server.address, **DRIVERS[driver]) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await ask(upstream, ORDERS[Operation.GENERATE])

    assert CANARY not in f"{caught.value!r} {caught.value.detail} {upstream!r} {caplog.text}"


def test_the_key_is_masked_when_settings_are_shown(driver: str) -> None:
    keys = {"driver": driver, "base_url": "https://backend.example.com", **DRIVERS[driver]}

    config = parse({"upstreams": {"backend": keys, "local": {"driver": "local"}}}, DRIVER_SETTINGS, {})

    assert CANARY not in f"{config!r} {config.model_dump_json()}"
