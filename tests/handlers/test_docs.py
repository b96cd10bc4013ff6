"""/docs over HTTP: pages, Markdown, search, assets, and what browsers are allowed there."""

from __future__ import annotations

import gzip
import json

import pytest
from support.gateway import Gateway, StartGateway
from support.images_api import ask

from gateway.guide.pages import guide
from gateway.guide.site import version

PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize("name", [*guide().pages, "search?q=mask", "api"])
async def test_every_page_is_html_under_a_strict_policy(gateway: Gateway, name: str) -> None:
    reply = await ask(gateway, "GET", f"/docs/{name}")

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src" not in policy or name == "api"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_index_lists_every_page(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", "/docs", headers=PLAIN)

    assert [name for name in guide().pages if f'href="docs/{name}"' not in reply.body.decode()] == []


async def test_pages_are_there_as_markdown(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", "/docs/backends/openai.md", headers=PLAIN)

    assert reply.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert reply.body.decode() == guide().pages["backends/openai"].text


async def test_a_slash_at_the_end_leads_to_the_index(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", "/docs/", allow_redirects=False)

    assert (reply.status, reply.headers["Location"]) == (308, "../docs")


@pytest.mark.parametrize("path", ["/docs/nothing", "/docs/..%2f..%2fpyproject.toml", "/docs/assets/x/page.html"])
async def test_what_is_no_page_is_a_404(gateway: Gateway, path: str) -> None:
    reply = await ask(gateway, "GET", path)

    assert reply.status == 404
    assert json.loads(reply.body)["error"]["type"] == "invalid_request_error"


async def test_a_page_that_is_known_is_not_sent_again(gateway: Gateway) -> None:
    first = await ask(gateway, "GET", "/docs/generate")

    again = await ask(gateway, "GET", "/docs/generate", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, again.body) == (304, b"")


async def test_files_may_be_kept_for_ever_under_their_version_alone(gateway: Gateway) -> None:
    known = await ask(gateway, "GET", f"/docs/assets/{version()}/swagger-ui.css")
    unknown = await ask(gateway, "GET", "/docs/assets/0123456789abcdef/swagger-ui.css")

    assert "immutable" in known.headers["Cache-Control"]
    assert unknown.headers["Cache-Control"] == "no-store"
    assert known.body == unknown.body


async def test_the_bundle_travels_compressed(gateway: Gateway) -> None:
    path = f"/docs/assets/{version()}/swagger-ui-bundle.js"
    async with gateway.client.get(gateway.address + path, headers={"Accept-Encoding": "gzip"}) as reply:
        assert reply.headers["Content-Encoding"] == "gzip"
        assert int(reply.headers["Content-Length"]) < 600_000
    whole = await ask(gateway, "GET", path, headers=PLAIN)
    assert len(gzip.compress(whole.body)) < 600_000


async def test_the_reference_may_ask_the_public_address(start: StartGateway) -> None:
    gateway = await start({"server": {"public_url": "https://images.example.com/api"}})

    reply = await ask(gateway, "GET", "/docs/api")

    assert "connect-src 'self' https://images.example.com;" in reply.headers["Content-Security-Policy"]


async def test_no_token_is_asked_for(start: StartGateway) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})

    assert (await ask(gateway, "GET", "/docs")).status == 200
    assert (await ask(gateway, "HEAD", "/docs/api")).status == 200
