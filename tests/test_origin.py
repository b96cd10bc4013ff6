"""A gateway behind a proxy tells the addresses that its clients know."""

from __future__ import annotations

import logging

import pytest
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, ask

BEHIND = {"server": {"trusted_proxies": ["127.0.0.1"], "public_url": None, "allowed_hosts": ["images.example"]}}
FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "images.example"}


async def address_told(gateway: Gateway) -> str:
    _, made = await gateway.post(GENERATIONS, json={"prompt": "a"}, headers=FORWARDED)
    return str(made["data"][0]["url"]).partition("/images/")[0]


async def test_a_picture_has_the_address_that_the_proxy_was_asked_at(start: StartGateway) -> None:
    assert await address_told(await start(BEHIND)) == "https://images.example"


async def test_headers_of_others_are_not_believed(start: StartGateway) -> None:
    gateway = await start()

    assert await address_told(gateway) == gateway.address


async def test_a_public_address_stands_above_both(start: StartGateway) -> None:
    gateway = await start({"server": {**BEHIND["server"], "public_url": "https://public.example"}})

    assert await address_told(gateway) == "https://public.example"


async def test_the_log_tells_the_client_and_not_the_proxy(
    start: StartGateway, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await start(BEHIND)
    caplog.set_level(logging.INFO, "gateway.access")

    await ask(gateway, "GET", "/healthz", headers=FORWARDED)

    (record,) = caplog.records
    assert vars(record)["fields"]["remote"] == "203.0.113.9"
