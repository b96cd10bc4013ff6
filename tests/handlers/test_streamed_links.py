"""A stream tells the address of a picture that is hosted anyway, because its request had an Idempotency-Key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.gateway import Gateway
from support.images_api import GENERATIONS, ask
from support.samples import decoded

ORDER = {"prompt": "a lighthouse", "stream": True}
KEY = {"Idempotency-Key": "one"}


async def completed(gateway: Gateway, fields: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    """The data of the last event."""
    text = (await ask(gateway, "POST", GENERATIONS, json=fields, headers=headers)).body.decode()
    event: dict[str, Any] = json.loads(text.strip().rpartition("\ndata: ")[2])
    return event


async def test_the_address_leads_to_the_picture_and_is_the_same_again(gateway: Gateway) -> None:
    first, again = [await completed(gateway, ORDER, KEY) for _ in range(2)]

    assert first["url"] == again["url"]
    assert first["b64_json"] == again["b64_json"]
    assert decoded((await ask(gateway, "GET", first["url"])).body).size == (1024, 1024)


@pytest.mark.parametrize(("fields", "headers"), [({}, {}), ({"response_format": "b64_json"}, KEY)])
async def test_there_is_none_where_nothing_is_hosted_or_bytes_were_asked_for(
    gateway: Gateway, fields: dict[str, str], headers: dict[str, str]
) -> None:
    event = await completed(gateway, {**ORDER, **fields}, headers)

    assert event["type"] == "image_generation.completed"
    assert "url" not in event
