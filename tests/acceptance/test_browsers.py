"""Which pages of which origins may call, and what they may read of the answer (U7, U10)."""

from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, ask, hosted

PAGE, STRANGER = "https://app.example.com", "https://evil.example.com"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,x-stainless-lang",
}
LISTED = {"cors": {"origins": [PAGE]}}
ORDER = {"prompt": "a hill"}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/v1/images/generations", 400),
        ("POST", "/images/edits", 400),
        ("GET", "/v1/models", 200),
        ("GET", "/v1/models/none", 404),
        ("GET", "/v1/images/generations?prompt=a", 200),
        ("GET", "/images/nothing.png", 404),
        ("DELETE", "/v1/models", 405),
        ("GET", "/v1/none", 404),
        ("GET", "/openapi.json", 200),
    ],
)
async def test_by_default_every_page_may_read_every_answer(
    gateway: Gateway, method: str, path: str, status: int
) -> None:
    reply = await ask(gateway, method, path, headers={"Origin": PAGE})

    assert reply.status == status
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers
    assert "X-Request-ID" in reply.headers["Access-Control-Expose-Headers"]


async def test_a_hosted_picture_may_be_read_into_a_canvas(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", await hosted(gateway), headers={"Origin": PAGE})

    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


async def test_a_stream_may_be_read_too(gateway: Gateway) -> None:
    reply = await ask(gateway, "POST", GENERATIONS, json={**ORDER, "stream": True}, headers={"Origin": PAGE})

    assert reply.headers["Content-Type"].startswith("text/event-stream")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/v1/images/generations", "/images/edits", "/v1/images/upscale"])
async def test_a_preflight_passes_without_the_token_that_the_request_will_carry(start: StartGateway, path: str) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})

    reply = await ask(gateway, "OPTIONS", path, headers={"Origin": PAGE, **PREFLIGHT})

    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Access-Control-Allow-Methods"] == "POST"
    assert {"AUTHORIZATION", "CONTENT-TYPE"} <= set(reply.headers["Access-Control-Allow-Headers"].upper().split(","))
    assert int(reply.headers["Access-Control-Max-Age"]) > 0


async def test_a_refused_token_is_still_readable_for_a_page(start: StartGateway) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})

    reply = await ask(gateway, "POST", GENERATIONS, json=ORDER, headers={"Origin": PAGE})

    assert reply.status == 401
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_listed_origin_is_named_and_caches_are_told_so(start: StartGateway) -> None:
    gateway = await start(LISTED)

    reply = await ask(gateway, "POST", GENERATIONS, json=ORDER, headers={"Origin": PAGE})
    preflight = await ask(gateway, "OPTIONS", GENERATIONS, headers={"Origin": PAGE, **PREFLIGHT})

    assert (reply.status, preflight.status) == (200, 200)
    assert reply.headers["Access-Control-Allow-Origin"] == preflight.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Origin" in reply.headers["Vary"]


@pytest.mark.parametrize("origin", [STRANGER, "null", "http://app.example.com", PAGE + ":8443", PAGE.upper()])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", GENERATIONS), ("GET", GENERATIONS + "?prompt=a"), ("OPTIONS", GENERATIONS)]
)
async def test_another_origin_is_refused_before_any_work(
    start: StartGateway, method: str, path: str, origin: str
) -> None:
    gateway = await start(LISTED)
    more = {"json": ORDER} if method == "POST" else {}

    reply = await ask(gateway, method, path, headers={"Origin": origin, **PREFLIGHT}, **more)
    metrics = await ask(gateway, "GET", "/metrics")

    assert reply.status == 403
    assert error_in(json.loads(reply.body))["type"] == "invalid_request_error"
    assert "Access-Control-Allow-Origin" not in reply.headers
    assert b"gateway_images_total{" not in metrics.body


async def test_what_is_no_browser_needs_no_origin(start: StartGateway) -> None:
    gateway = await start(LISTED)

    assert (await ask(gateway, "POST", GENERATIONS, json=ORDER)).status == 200


async def test_the_gateways_own_pages_are_never_foreign(start: StartGateway) -> None:
    gateway = await start(LISTED)

    reply = await ask(gateway, "POST", GENERATIONS, json=ORDER, headers={"Origin": gateway.address})

    assert reply.status == 200


@pytest.mark.parametrize("public", ["https://images.example.com", "https://images.example.com/gateway"])
async def test_the_public_address_is_an_own_origin_whatever_its_path(start: StartGateway, public: str) -> None:
    gateway = await start({**LISTED, "server": {"public_url": public}})

    reply = await ask(gateway, "POST", GENERATIONS, json=ORDER, headers={"Origin": "https://images.example.com"})

    assert reply.status == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [(GENERATIONS, "GET, OPTIONS, POST"), ("/v1/models", "GET, OPTIONS"), ("/mcp", "OPTIONS, POST"),
     ("/images/a.png", "GET, HEAD, OPTIONS")],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, {"Origin": PAGE}])
async def test_an_options_that_is_no_preflight_is_told_the_methods(
    gateway: Gateway, path: str, methods: str, headers: dict[str, str]
) -> None:
    reply = await ask(gateway, "OPTIONS", path, headers=headers)

    assert (reply.status, reply.headers["Allow"], reply.body) == (204, methods, b"")


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
async def test_no_other_page_reads_what_is_for_machines(gateway: Gateway, path: str) -> None:
    reply = await ask(gateway, "GET", path, headers={"Origin": STRANGER})

    assert reply.status == 200
    assert not [name for name in reply.headers if name.startswith("Access-Control-")]
