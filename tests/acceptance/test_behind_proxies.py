"""Proxies in front: the gateway tells and takes the addresses that its clients know, whichever header says them."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from support.child import RunGateway
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, UPSCALE
from support.programs import program

HOST = "images.example"
BEHIND = {"server": {"trusted_proxies": ["127.0.0.1", "10.0.0.0/8"], "allowed_hosts": [HOST]}}
SPOKEN = {
    "X-Forwarded": {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": HOST},
    "Forwarded": {"Forwarded": f'for=203.0.113.9;proto=https;host="{HOST}"'},
    "both, of one mind": {
        "X-Forwarded-For": "203.0.113.9",
        "Forwarded": f"for=203.0.113.9;proto=https;host={HOST}",
    },
    "two proxies": {
        "X-Forwarded-For": "203.0.113.9, 10.1.2.3",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": HOST,
    },
    "two proxies, Forwarded": {"Forwarded": f'for="203.0.113.9:4711";proto=https;host={HOST}, for=10.1.2.3'},
}
INVENTED = {
    "a hop of the client's own": {
        "X-Forwarded-For": "10.9.9.9, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": HOST,
    },
    "an element of the client's own": {
        "Forwarded": f"for=10.9.9.9;host=evil.example;proto=http, for=203.0.113.9;proto=https;host={HOST}"
    },
}


async def made(gateway: Gateway, headers: dict[str, str]) -> str:
    status, answer = await gateway.post(GENERATIONS, json={"prompt": "a"}, headers=headers)
    assert status == 200, answer
    url: str = answer["data"][0]["url"]
    return url


@pytest.mark.parametrize("headers", [*SPOKEN.values(), *INVENTED.values()], ids=[*SPOKEN, *INVENTED])
async def test_a_picture_is_found_and_taken_under_the_address_of_the_front(
    start: StartGateway, headers: dict[str, str]
) -> None:
    gateway = await start(BEHIND)

    url = await made(gateway, headers)
    status, answer = await gateway.post(UPSCALE, json={"image": url}, headers=headers)

    assert url.startswith(f"https://{HOST}/images/")
    assert (status, answer["data"][0]["url"].startswith(f"https://{HOST}/images/")) == (200, True)


async def test_headers_that_contradict_each_other_are_not_believed(start: StartGateway) -> None:
    gateway = await start(BEHIND)
    headers = {**SPOKEN["X-Forwarded"], "Forwarded": "for=198.51.100.1;host=evil.example"}

    status, answer = await gateway.post(GENERATIONS, json={"prompt": "a"}, headers=headers)

    assert (status, "evil" in str(answer)) == (403, False)  # the proxy's own host, which is not allowed here


async def test_who_is_no_proxy_is_not_believed(start: StartGateway) -> None:
    gateway = await start({"server": {"trusted_proxies": ["10.0.0.0/8"]}})

    for headers in SPOKEN.values():
        assert (await made(gateway, headers)).startswith(gateway.address)


async def test_a_path_that_the_proxy_adds_stands_in_public_url(start: StartGateway) -> None:
    gateway = await start({"server": {**BEHIND["server"], "public_url": "https://example.com/pictures"}})

    url = await made(gateway, SPOKEN["X-Forwarded"])
    status, answer = await gateway.post(UPSCALE, json={"image": url}, headers=SPOKEN["Forwarded"])

    assert url.startswith("https://example.com/pictures/images/")
    assert (status, answer["data"][0]["url"].startswith("https://example.com/pictures/images/")) == (200, True)


async def test_a_page_of_the_front_is_no_stranger(start: StartGateway) -> None:
    """The studio behind the proxy calls the API of the same origin."""
    gateway = await start({**BEHIND, "cors": {"origins": ["https://app.example"]}})
    order: dict[str, Any] = {"json": {"prompt": "a"}}

    own, _ = await gateway.post(GENERATIONS, headers={**SPOKEN["Forwarded"], "Origin": f"https://{HOST}"}, **order)
    other, _ = await gateway.post(
        GENERATIONS, headers={**SPOKEN["Forwarded"], "Origin": "https://evil.example"}, **order
    )

    assert (own, other) == (200, 403)


@pytest.mark.parametrize("workers", [1, 2])
async def test_without_a_proxy_it_speaks_tls_itself(
    run: RunGateway, client: ClientSession, tmp_path: Path, unused_tcp_port: int, workers: int
) -> None:
    trusting = certified(tmp_path)
    tls = {"certificate": str(tmp_path / "tls.crt"), "key": str(tmp_path / "tls.key")}
    server = {"port": 0, "host": "127.0.0.1", "workers": workers, "tls": tls}
    gateway = await run({"server": server, "metrics": {"port": unused_tcp_port}})

    async with client.post(gateway.address + GENERATIONS, json={"prompt": "a"}, ssl=trusting) as response:
        answer = await response.json()
    async with client.get(answer["data"][0]["url"], ssl=trusting) as picture:
        assert picture.status == 200
    async with client.get(f"https://127.0.0.1:{unused_tcp_port}/metrics", ssl=trusting) as metrics:
        assert "gateway_workers" in await metrics.text()

    assert gateway.address.startswith("https://127.0.0.1:")
    assert answer["data"][0]["url"].startswith(gateway.address)


def certified(folder: Path) -> ssl.SSLContext:
    """Makes a certificate for 127.0.0.1; the context of a client that trusts it."""
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=gateway"
    names = [
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-out",
        str(folder / "tls.crt"),
        "-keyout",
        str(folder / "tls.key"),
    ]
    subprocess.run([program("openssl"), *options.split(), *names], check=True, capture_output=True)  # noqa: S603 - our own words
    return ssl.create_default_context(cafile=folder / "tls.crt")
