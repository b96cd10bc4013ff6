"""Clients that people use, by the very requests that they were seen to send."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest
from support.captures import Captured, captured
from support.gateway import Gateway, StartGateway
from support.images_api import Reply, ask
from support.samples import data_url, decoded, plain

CAPTURED = {request.name: request for request in captured()}
MODELS = ["gpt-image-1", "dall-e-2", "dall-e-3", "my-model", "m"]
DOCUMENT = {
    "auth": {"tokens": [{"name": "client", "token": "<redacted>"}]},
    "models": {"nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"], "aliases": MODELS}},
}


async def replay(gateway: Gateway, request: Captured) -> Reply:
    async def chunks() -> AsyncIterator[bytes]:
        yield request.body or b""

    data = chunks() if request.chunked else request.body
    return await ask(gateway, request.method, request.path, data=data, headers=request.headers)


IMAGES = [name for name, request in CAPTURED.items() if request.path.endswith(("/generations", "/edits"))]


@pytest.mark.parametrize("name", IMAGES)
async def test_a_client_gets_the_pictures_it_asked_for(start: StartGateway, name: str) -> None:
    request = CAPTURED[name]
    gateway = await start(DOCUMENT)

    reply = await replay(gateway, request)

    assert reply.status == 200, reply.body
    if request.fields.get("stream") in {True, "true"}:
        assert b"completed" in reply.body
        return
    items = json.loads(reply.body)["data"]
    assert len(items) == int(request.fields.get("n", 1))
    wanted = request.fields.get("response_format", "url")
    assert all(set(item) == {wanted, "revised_prompt"} for item in items)
    assert all(
        image_format(item) == request.fields.get("output_format", "png").upper() for item in items if wanted != "url"
    )


def image_format(item: dict[str, str]) -> str | None:
    return decoded(base64.b64decode(item["b64_json"])).format


@pytest.mark.parametrize("name", [name for name, request in CAPTURED.items() if request.path == "/v1/models"])
async def test_a_client_reads_the_models(start: StartGateway, name: str) -> None:
    reply = await replay(await start(DOCUMENT), CAPTURED[name])

    assert [model["object"] for model in json.loads(reply.body)["data"]] == ["model"]


@pytest.mark.parametrize("name", [name for name, request in CAPTURED.items() if "variations" in request.path])
async def test_a_client_is_told_that_there_are_no_variations(start: StartGateway, name: str) -> None:
    assert (await replay(await start(DOCUMENT), CAPTURED[name])).status == 404


@pytest.mark.parametrize("path", ["/images/generations", "/v1/images/edits"])
async def test_an_azure_client_sends_its_key_and_a_version(start: StartGateway, path: str) -> None:
    """As LibreChat does when an Azure version is set; `size=auto` and `quality=auto` mean nothing."""
    gateway = await start(DOCUMENT)
    fields = {"prompt": "a fox", "model": "gpt-image-1", "size": "auto", "quality": "auto"}

    reply = await ask(
        gateway, "POST", path, params={"api-version": "2025-04-01-preview"},
        headers={"api-key": "<redacted>"}, json=fields | ({"image": data_url(plain())} if "edits" in path else {}),
    )  # fmt: skip

    assert reply.status == 200
