"""The studio's page and its files: what they are made of, how they are kept, and what they may do."""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.gateway import Document, Gateway, StartGateway
from support.images_api import Reply, ask

import gateway
from gateway.config import Config
from gateway.handlers.studio import picture_origins, policy

FILES = {path.name: path.read_text() for path in (Path(gateway.__file__).parent / "studio").iterdir()}
LARGEST_PAGE = 90_000
"""Bytes of the page with all that it needs, uncompressed."""
AMBIENT = {"credentials": "ambient", "region": "eu-central-1"}
BUCKET = {"store": "s3://pictures", "delivery": "redirect", "object_store": AMBIENT}
PLAIN = {"Accept-Encoding": "identity"}


def linked(page: str) -> list[str]:
    """Addresses of the page's own files, in their order."""
    return re.findall(r'(?:src|href)="(studio/[^"]+)"', page)


async def page_of(gateway: Gateway) -> str:
    return (await ask(gateway, "GET", "/", headers=PLAIN)).body.decode()


async def test_every_file_is_linked_and_every_link_is_a_file(gateway: Gateway) -> None:
    names = {link.rpartition("/")[2] for link in linked(await page_of(gateway))}

    assert names == set(FILES) - {"index.html"}


async def test_the_page_and_its_files_are_small(gateway: Gateway) -> None:
    page = await page_of(gateway)
    links = dict.fromkeys(linked(page))
    sizes = [len((await ask(gateway, "GET", f"/{link}", headers=PLAIN)).body) for link in links]

    assert len(page.encode()) + sum(sizes) <= LARGEST_PAGE


async def test_nothing_is_written_into_the_page_that_its_policy_forbids(gateway: Gateway) -> None:
    page = await page_of(gateway)

    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []


def test_no_script_makes_markup_of_text() -> None:
    sinks = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser")

    assert [name for name, text in FILES.items() if sinks.search(text)] == []


@pytest.mark.parametrize("path", ["/", "file"])
async def test_the_headers_are_strict(gateway: Gateway, path: str) -> None:
    address = path if path == "/" else f"/{linked(await page_of(gateway))[0]}"

    headers = (await ask(gateway, "GET", address)).headers

    said = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert said["default-src"] == said["form-action"] == said["frame-ancestors"] == said["base-uri"] == "'none'"
    assert said["script-src"] == said["style-src"] == said["connect-src"] == "'self'"
    assert said["img-src"] == "'self' blob: data:"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("document", "origins"),
    [
        ({}, []),
        ({"server": {"public_url": "https://images.example.com/gateway"}}, ["https://images.example.com"]),
        ({"images": BUCKET}, ["https:"]),
        (
            {"images": {**BUCKET, "object_store": {**AMBIENT, "endpoint": "https://s3.example.com/bucket"}}},
            ["https://s3.example.com"],
        ),
    ],
)
def test_our_own_pictures_may_come_from_where_they_are_hosted(
    configure: Callable[[Document], Config], document: Document, origins: list[str]
) -> None:
    pictures = ["'self'", "blob:", "data:", *origins]

    assert list(picture_origins(configure(document))) == origins
    assert f"img-src {' '.join(pictures)};" in policy(origins)


async def test_the_page_is_asked_for_anew_and_its_files_are_kept(gateway: Gateway) -> None:
    page = await ask(gateway, "GET", "/", headers=PLAIN)
    file = f"/{linked(page.body.decode())[0]}"
    first = await ask(gateway, "GET", file)

    again = [
        await ask(gateway, "GET", path, headers={"If-None-Match": reply.headers["ETag"]})
        for path, reply in (("/", page), (file, first))
    ]

    assert page.headers["Cache-Control"] == "no-cache"
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert [(reply.status, reply.body) for reply in again] == [(304, b""), (304, b"")]


async def test_a_file_of_another_version_is_given_but_not_kept(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", "/studio/0123456789abcdef/app.js")

    assert reply.status == 200
    assert reply.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["none.js", "index.html", "..%2Fapp.py", "%2e%2e", "app.js%00"])
async def test_what_is_no_file_of_the_page_is_404(gateway: Gateway, name: str) -> None:
    assert (await ask(gateway, "GET", f"/studio/x/{name}")).status == 404


async def test_it_is_sent_compressed_to_those_who_can_read_it(gateway: Gateway) -> None:
    raw = await _raw(gateway, "gzip, br")
    plain = await _raw(gateway, "identity")

    assert raw.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(raw.body) == plain.body
    assert raw.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


async def test_a_look_at_the_headers_alone(gateway: Gateway) -> None:
    reply = await ask(gateway, "HEAD", "/")

    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (200, b"", "text/html; charset=utf-8")


async def test_the_page_is_open_and_tells_the_limits_of_its_gateway(start: StartGateway) -> None:
    secured = {"auth": {"tokens": [{"name": "web", "token": "open-sesame"}]}, "inputs": {"max_size": 4096}}
    page = await page_of(await start(secured))

    found = re.search('<meta name="studio" content="([^"]*)">', page)

    assert found is not None
    settings = json.loads(html.unescape(found[1]))
    assert settings["max_picture"] == 4096
    assert settings["defaults"]["upscale"] == "imagen-4.0-upscale-preview"
    assert "open-sesame" not in page


async def _raw(gateway: Gateway, encodings: str) -> Reply:
    headers = {"Accept-Encoding": encodings}
    async with gateway.client.get(f"{gateway.address}/", headers=headers, auto_decompress=False) as response:
        return Reply(response.status, response.reason, response.headers, await response.read())
