"""Shorthand for what tests of the images API do all the time."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from multidict import CIMultiDictProxy

from support.gateway import Gateway
from support.samples import quarters, text

GENERATIONS, EDITS, UPSCALE = "/v1/images/generations", "/v1/images/edits", "/v1/images/upscale"


class Reply(NamedTuple):
    """An answer with everything that a client may look at."""

    status: int
    reason: str | None
    headers: CIMultiDictProxy[str]
    body: bytes


async def ask(gateway: Gateway, method: str, path: str, **options: Any) -> Reply:
    """`path` may be a whole URL."""
    url = path if path.startswith("http") else gateway.address + path
    async with gateway.client.request(method, url, **options) as response:
        return Reply(response.status, response.reason, response.headers, await response.read())


async def pictures(gateway: Gateway, path: str, fields: Mapping[str, Any]) -> list[bytes]:
    """POST `fields` as JSON and return the pictures of the answer, wherever they are."""
    status, answer = await gateway.post(path, json=fields)
    assert status == 200, answer
    return [await picture_of(gateway, item) for item in answer["data"]]


async def picture(gateway: Gateway, path: str, fields: Mapping[str, Any]) -> bytes:
    """The first one."""
    return (await pictures(gateway, path, fields))[0]


async def picture_of(gateway: Gateway, item: Mapping[str, str]) -> bytes:
    if "b64_json" in item:
        return base64.b64decode(item["b64_json"], validate=True)
    reply = await ask(gateway, "GET", item["url"])
    assert reply.status == 200
    return reply.body


async def hosted(gateway: Gateway, **fields: Any) -> str:
    """URL of a new small picture of 64x48."""
    status, answer = await gateway.post(UPSCALE, json={"image": text(quarters((32, 24))), **fields})
    assert status == 200, answer
    return str(answer["data"][0]["url"])
