"""Hostile addresses by every way into the gateway: none is dialled (S1, S2, S3, S4, S5, S6, S7, S8, S9, S12).

python -m pytest tests/hostile/test_hostile_urls.py -s
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple, TypeAlias

import pytest
from support.gateway import Gateway, StartGateway
from support.hostile_urls import misleading, other_ports, special_addresses, spellings
from support.images_api import UPSCALE, Reply, ask
from support.internet import PUBLIC, Names, Site, Wire, open_site, tapped
from support.samples import plain
from yarl import URL

Entry: TypeAlias = Callable[[Gateway, str], Awaitable[Reply]]

ENTRIES: dict[str, Entry] = {
    "JSON": lambda gateway, url: ask(gateway, "POST", UPSCALE, json={"image": url}),
    "form": lambda gateway, url: ask(gateway, "POST", UPSCALE, data={"image": url}),
    "GET": lambda gateway, url: ask(
        gateway, "GET", UPSCALE, params={"image": url}, headers={"Cache-Control": "no-cache"}
    ),
}
HOST = "pictures.example"
CAT = f"http://{HOST}/cat.png"
CODES = (301, 302, 303, 307, 308)
ANSWERS = (
    ["127.0.0.1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"],
    [PUBLIC, "fd00:ec2::254"],
    ["0.0.0.0"],  # noqa: S104 - resolved, not bound
)
"""Of a name server that somebody else owns."""
AT_ONCE = 8


class Internet(NamedTuple):
    wire: Wire
    names: Names
    pictures: Site
    canary: Site
    """An inner service, whose port is one of those that may be fetched from."""
    gateway: Gateway


@pytest.fixture
async def internet(start: StartGateway, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Internet]:
    names, wire = Names(), tapped(monkeypatch)
    monkeypatch.setattr("gateway.inputs.fetch.SystemResolver", lambda: names)
    async with AsyncExitStack() as stack:
        pictures, canary = [await stack.enter_async_context(open_site(Site())) for _ in range(2)]
        names.point(HOST, PUBLIC)
        wire.standing_for[PUBLIC] = pictures.port
        pictures.serve("/cat.png", plain((8, 8)))
        gateway = await start({"inputs": {"ports": [80, 443, canary.port]}})
        wire.own.add(URL(gateway.address).port or 0)
        yield Internet(wire, names, pictures, canary, gateway)


def redirects(net: Internet) -> list[str]:
    """Each code to each target, from a public host."""
    port = net.canary.port
    targets = [
        f"http://127.0.0.1:{port}/", f"//127.0.0.1:{port}/", f"http://[::1]:{port}/", "http://169.254.169.254/latest/",
        f"http://2130706433:{port}/", f"http://inner.example:{port}/", "file:///etc/passwd", f"gopher://127.0.0.1:{port}/",
        "data:image/png;base64,AA==", f"ws://127.0.0.1:{port}/", f"http://{HOST}:8080/", f"/\\127.0.0.1:{port}/",
        f"http://{HOST}@127.0.0.1:{port}/", net.gateway.address,
    ]  # fmt: skip
    net.names.point("inner.example", "127.0.0.1")
    made = []
    for code, (number, target) in itertools.product(CODES, enumerate(targets)):
        net.pictures.redirect(f"/r{number}/{code}", target, code)
        made.append(f"http://{HOST}/r{number}/{code}")
    for hop in range(4):
        net.pictures.redirect(f"/chain{hop + 1}", f"/chain{hop}")
    net.pictures.redirect("/chain0", f"http://127.0.0.1:{port}/")
    net.pictures.redirect("/loop", "/loop")
    return [*made, f"http://{HOST}/chain2", f"http://{HOST}/chain4", f"http://{HOST}/loop"]


def names_that_lead_inward(net: Internet) -> list[str]:
    for number, answer in enumerate(ANSWERS):
        net.names.point(f"n{number}.example", *answer)
    return [f"http://n{number}.example:{net.canary.port}/" for number in range(len(ANSWERS))]


def hostile(net: Internet) -> list[str]:
    port, own = net.canary.port, net.gateway.address
    found = [
        *spellings(port), *special_addresses(port), *misleading(HOST, port), *other_ports(HOST),
        *redirects(net), *names_that_lead_inward(net), own, f"{own}/v1/models", f"{own}/metrics",
    ]  # fmt: skip
    for url in spellings(port):  # a name server that reads every spelling as the most careless libraries do
        net.names.point(url.removeprefix("http://").rpartition(":")[0].lower(), "127.0.0.1")
    return [url for url in dict.fromkeys(found) if url not in HARMLESS]


HARMLESS = {f"http://{HOST}:443/cat.png", f"http://{HOST}#@127.0.0.1/", f"http://{HOST}#@169.254.169.254/"}
"""Read in one way only, which leads to the public host."""


async def replies(gateway: Gateway, entry: Entry, urls: Sequence[str]) -> list[Reply]:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(url: str) -> Reply:
        async with places:
            return await entry(gateway, url)

    return await asyncio.gather(*map(one, urls))


@pytest.mark.parametrize("name", ENTRIES)
async def test_no_hostile_address_is_dialled(internet: Internet, name: str) -> None:
    urls, entry = hostile(internet), ENTRIES[name]

    answers = await replies(internet.gateway, entry, urls)
    controls = await replies(internet.gateway, entry, [CAT, f"http://{PUBLIC}/cat.png"])

    inward = [dialled for dialled in internet.wire.dialled if dialled[0] != PUBLIC]
    sys.stdout.write(f"\n  {name}: {len(urls)} hostile addresses, {len(inward)} inward connections\n")
    assert len(urls) >= 300
    assert [url for url, reply in zip(urls, answers, strict=True) if reply.status != 400] == []
    assert (inward, internet.canary.connections) == ([], 0)
    assert [reply.status for reply in controls] == [200, 200]
    told = {reply.body for url, reply in zip(urls, answers, strict=True) if url.startswith("http://")}
    assert len(told) == 1  # whatever was wrong, and whatever is there
    assert json.loads(told.pop())["error"]["param"] == "image"


@pytest.mark.parametrize("name", ENTRIES)
async def test_a_name_that_changes_its_mind_reaches_nothing(internet: Internet, name: str) -> None:
    """Rebinding: public when it is asked for the first time, inward from then on."""
    port, urls = internet.canary.port, []
    for number in range(20):
        urls.append(f"http://rebind{number}.example:{port}/{number}")
        internet.names.turns[f"rebind{number}.example"] = [[PUBLIC], ["127.0.0.1"]]
        internet.pictures.redirect(f"/{number}", f"http://rebind{number}.example:{port}/cat.png")

    answers = await replies(internet.gateway, ENTRIES[name], urls)

    assert {reply.status for reply in answers} == {400}
    assert internet.canary.connections == 0
    assert internet.wire.dialled == [(PUBLIC, port)] * 20
    assert len(internet.names.asked) == 40
