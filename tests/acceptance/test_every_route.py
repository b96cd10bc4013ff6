"""Every address of the contract's table, with the methods it takes and the refusal of all others."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import ClientSession, FormData, MultipartWriter
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import ask
from support.samples import data_url, plain
from yarl import URL

PICTURE = data_url(plain((16, 16)))
CALLS = {
    "generations": {"prompt": "a hill"},
    "edits": {"prompt": "make it blue", "image": PICTURE},
    "upscale": {"image": PICTURE},
}
PREFIXES = ["/v1", ""]


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def multipart(fields: dict[str, str]) -> MultipartWriter:
    form = MultipartWriter("form-data")
    for name, value in fields.items():
        form.append(value).set_content_disposition("form-data", name=name)
    return form


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", CALLS)
async def test_an_image_route_takes_json_two_kinds_of_form_and_a_query(
    gateway: Gateway, prefix: str, name: str
) -> None:
    path, fields = f"{prefix}/images/{name}", CALLS[name]

    replies = [
        await ask(gateway, "POST", path, json=fields),
        await ask(gateway, "POST", path, data=FormData(fields)),
        await ask(gateway, "POST", path, data=multipart(fields)),
        await ask(gateway, "GET", path, params=fields),
    ]

    assert [reply.status for reply in replies] == [200] * 4
    assert all(reply.headers["Content-Type"] == "application/json" for reply in replies)


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_the_models_are_those_that_the_published_guide_shows(gateway: Gateway, prefix: str) -> None:
    status, body = await gateway.get(f"{prefix}/models")

    assert status == 200
    assert body["object"] == "list"
    assert [{key: card[key] for key in ("id", "object", "created", "owned_by")} for card in body["data"]] == [
        {"id": name, "object": "model", "created": 1764671202, "owned_by": "google"}
        for name in ("nano-banana", "imagen-4.0-upscale-preview")
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_one_model_is_found_by_its_id(gateway: Gateway, prefix: str) -> None:
    status, card = await gateway.get(f"{prefix}/models/imagen-4.0-upscale-preview")
    missing, body = await gateway.get(f"{prefix}/models/dall-e-9")

    assert (status, card["id"], card["object"]) == (200, "imagen-4.0-upscale-preview", "model")
    assert missing == 404
    assert error_in(body)["type"] == "invalid_request_error"


async def test_a_model_id_may_hold_a_slash_and_have_another_name(start: StartGateway) -> None:
    model = {"operations": ["generate"], "upstreams": ["local"], "aliases": ["gpt-image-1"]}
    gateway = await start({"models": {"vendor/model": model}, "defaults": {"generate": "vendor/model"}})

    found = [await gateway.get(f"/v1/models/{name}") for name in ("vendor/model", "vendor%2Fmodel", "gpt-image-1")]

    assert [(status, card["id"]) for status, card in found] == [(200, "vendor/model")] * 3


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_variations_are_refused_in_clear_words(gateway: Gateway, prefix: str) -> None:
    form = FormData()
    form.add_field("image", plain(), filename="upload", content_type="application/octet-stream")

    status, body = await gateway.post(f"{prefix}/images/variations", data=form)

    assert status == 404
    assert "/v1/images/edits" in str(error_in(body)["message"])


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/chat/completions", "/v1/images", "/images/", "/v1/images/edits/x", "/v2/models", "/x"]
)
async def test_an_unknown_route_is_404_in_the_error_shape(gateway: Gateway, path: str) -> None:
    status, body = await gateway.get(path)

    assert status == 404
    assert error_in(body)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/models", {"GET"}),
        ("/models/nano-banana", {"GET"}),
        *((f"{prefix}/images/{name}", {"GET", "POST"}) for prefix in PREFIXES for name in CALLS),
        ("/images/a.png", {"GET", "HEAD"}),
        ("/healthz", {"GET"}),
        ("/readyz", {"GET"}),
        ("/metrics", {"GET"}),
        ("/openapi.json", {"GET"}),
        ("/robots.txt", {"GET"}),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_another_method_is_405_and_told_what_is_allowed(
    gateway: Gateway, method: str, path: str, allowed: set[str]
) -> None:
    reply = await ask(gateway, method, path)

    assert reply.status == 405
    assert error_in(json.loads(reply.body))["type"] == "invalid_request_error"
    assert set(reply.headers["Allow"].split(", ")) - {"OPTIONS"} >= allowed


async def test_our_own_description_is_openapi_3_1_and_names_every_route(gateway: Gateway) -> None:
    status, document = await gateway.get("/openapi.json")

    assert status == 200
    assert document["openapi"].startswith("3.1")
    assert {"/v1/models", "/v1/images/generations", "/v1/images/edits", "/v1/images/upscale"} <= set(document["paths"])


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/api"])
async def test_the_pages_are_open_and_ask_nobody_else_for_anything(start: StartGateway, path: str) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})

    reply = await ask(gateway, "GET", path)

    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    loaded = re.findall(r"""(?:src|<link[^>]* href)=["']([^"']+)""", reply.body.decode())
    assert loaded
    assert [url for url in loaded if url.startswith(("http", "//"))] == []
    for url in loaded:
        assert (await ask(gateway, "GET", str(URL(gateway.address + path).join(URL(url))))).status == 200


async def test_assistants_are_let_in_by_the_same_door(start: StartGateway) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    sent = {"Accept": "application/json, text/event-stream"}

    stranger = await ask(gateway, "POST", "/mcp", json=call, headers=sent)
    known = await ask(gateway, "POST", "/mcp", json=call, headers={**sent, "Authorization": "Bearer secret"})
    looking = await ask(gateway, "GET", "/mcp", headers={"Authorization": "Bearer secret"})

    assert (stranger.status, known.status, looking.status) == (401, 200, 405)
    assert {"tools"} <= set(json.loads(known.body)["result"])
