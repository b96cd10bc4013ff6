"""/images/{filename}: entity tags, ranges, the headers of a file that nobody may execute, and its end (I4)."""

from __future__ import annotations

import json
import re

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import UPSCALE, ask, hosted
from support.samples import decoded
from support.still_clock import StillClock
from yarl import URL

DAY = 86400


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}])
async def test_every_answer_keeps_a_browser_from_running_anything(
    gateway: Gateway, method: str, headers: dict[str, str]
) -> None:
    url = await hosted(gateway)

    reply = await ask(gateway, method, url, headers=headers)

    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert reply.headers["Content-Disposition"] == f'inline; filename="{url.rpartition("/")[2]}"'
    assert reply.headers["Cache-Control"].startswith("public, max-age=")
    assert reply.headers["ETag"]


async def test_a_picture_says_what_it_is_and_how_long_it_lives(start: StartGateway) -> None:
    clock = StillClock()
    gateway = await start({"images": {"ttl": 1000}}, clock=clock)
    url = await hosted(gateway)

    clock.pass_by(300)
    reply = await ask(gateway, "GET", url)

    assert reply.headers["Content-Type"] == "image/png"
    assert int(reply.headers["Content-Length"]) == len(reply.body)
    assert reply.headers["Cache-Control"] == "public, max-age=700, immutable"
    assert reply.headers["Accept-Ranges"] == "bytes"


async def test_head_is_get_without_the_body(gateway: Gateway) -> None:
    url = await hosted(gateway)

    head, get = await ask(gateway, "HEAD", url), await ask(gateway, "GET", url)

    ours = ("ETag", "Content-Length", "Content-Type", "Last-Modified", "Accept-Ranges", "Content-Disposition")
    assert [head.headers[name] for name in ours] == [get.headers[name] for name in ours]
    assert head.body == b""


@pytest.mark.parametrize("sent", ["{etag}", "W/{etag}", '"other", {etag}', "*"])
async def test_a_known_tag_is_answered_304(gateway: Gateway, sent: str) -> None:
    url = await hosted(gateway)
    etag = (await ask(gateway, "HEAD", url)).headers["ETag"]

    known = await ask(gateway, "GET", url, headers={"If-None-Match": sent.format(etag=etag)})
    other = await ask(gateway, "GET", url, headers={"If-None-Match": '"other"', "If-Modified-Since": LATER})

    assert (known.status, known.body, known.headers["ETag"]) == (304, b"", etag)
    assert other.status == 200


LATER = "Fri, 01 Jan 2100 00:00:00 GMT"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (LATER, 304),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("yesterday", 200),
        ("Fri, 01 Jan 99999999999999999999 00:00:00 GMT", 200),
        ("Fri, 01 Jan 2100 00:00:00 +9999999999", 200),
    ],
)
async def test_a_date_counts_where_there_is_one(gateway: Gateway, since: str, status: int) -> None:
    url = await hosted(gateway)

    assert (await ask(gateway, "GET", url, headers={"If-Modified-Since": since})).status == status


@pytest.mark.parametrize(
    ("sent", "part"),
    [("bytes=0-9", slice(0, 10)), ("bytes=10-", slice(10, None)), ("bytes=-5", slice(-5, None)),
     ("bytes=5-99999999", slice(5, None)), ("bytes=-99999999", slice(None)), ("bytes=0-0", slice(0, 1))],
)  # fmt: skip
async def test_a_range_is_answered_206(gateway: Gateway, sent: str, part: slice) -> None:
    url = await hosted(gateway)
    whole = (await ask(gateway, "GET", url)).body

    reply = await ask(gateway, "GET", url, headers={"Range": sent})

    first, last, size = map(int, re.findall("[0-9]+", reply.headers["Content-Range"]))
    assert (reply.status, reply.body) == (206, whole[part])
    assert (last - first + 1, size) == (len(reply.body), len(whole))
    assert reply.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("sent", ["bytes=99999999-", "bytes=99999999-99999999", "bytes=-0"])
async def test_a_range_behind_the_end_is_416(gateway: Gateway, sent: str) -> None:
    url = await hosted(gateway)
    size = len((await ask(gateway, "GET", url)).body)

    reply = await ask(gateway, "GET", url, headers={"Range": sent})

    assert reply.status == 416
    assert reply.headers["Content-Range"] == f"bytes */{size}"
    assert error_in(json.loads(reply.body))["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "sent", ["bytes=0-1,5-9", "bytes=9-5", "bytes=a-b", "lines=0-1", "bytes=", "bytes=-", "x" * 2000]
)
async def test_what_is_no_single_range_is_answered_whole(gateway: Gateway, sent: str) -> None:
    url = await hosted(gateway)

    reply = await ask(gateway, "GET", url, headers={"Range": sent})

    assert reply.status == 200
    assert decoded(reply.body).size == (64, 48)


async def test_if_range_asks_for_a_part_only_of_what_is_still_the_same(gateway: Gateway) -> None:
    url = await hosted(gateway)
    head = (await ask(gateway, "HEAD", url)).headers

    async def status(condition: str) -> int:
        return (await ask(gateway, "GET", url, headers={"Range": "bytes=0-9", "If-Range": condition})).status

    assert [await status(known) for known in (head["ETag"], head["Last-Modified"])] == [206, 206]
    for other in ('"other"', f"W/{head['ETag']}", LATER, "Fri, 01 Jan 99999999999999999999 00:00:00 GMT", "?"):
        assert await status(other) == 200


async def test_the_tag_is_of_the_bytes(gateway: Gateway) -> None:
    first, second = await hosted(gateway), await hosted(gateway)

    tags = [(await ask(gateway, "HEAD", url)).headers["ETag"] for url in (first, second)]

    assert first != second
    assert tags[0] == tags[1]


async def test_at_the_end_of_its_life_a_picture_is_gone(start: StartGateway) -> None:
    clock = StillClock()
    gateway = await start({"images": {"ttl": DAY}}, clock=clock)
    url = await hosted(gateway)

    clock.pass_by(DAY - 1)
    before = await ask(gateway, "GET", url)
    clock.pass_by(2)
    after, head = await ask(gateway, "GET", url), await ask(gateway, "HEAD", url)
    status, body = await gateway.post(UPSCALE, json={"image": url})

    assert (before.status, after.status, head.status) == (200, 404, 404)
    assert error_in(json.loads(after.body))["message"] == "Image not found or expired"
    assert (status, error_in(body)["param"]) == (400, "image")


async def test_a_cached_answer_does_not_outlive_its_pictures(start: StartGateway) -> None:
    clock = StillClock()
    gateway = await start({"images": {"ttl": 60}, "cache": {"ttl": 3600}}, clock=clock)
    query = {"params": {"prompt": "a harbour"}}

    first = await ask(gateway, "GET", "/v1/images/generations", **query)
    clock.pass_by(61)
    later = await ask(gateway, "GET", "/v1/images/generations", **query)

    assert later.headers["X-Cache"] == "MISS"
    url = json.loads(later.body)["data"][0]["url"]
    assert url not in first.body.decode()
    assert (await ask(gateway, "GET", url)).status == 200


HOSTILE = [
    "x.png", "..", ".", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2Fetc%2Fpasswd", "..%5c..%5cx", "a%00.png", "%00",
    "CON", "nul.png", "x" * 5000, "160708-24112025_aaaa_generate.png", "160708-24112025_" + "a" * 52 + "_generate.png",
    "160708-24112025_" + "a" * 52 + "_generate.png%0a", "160708-24112025_" + "a" * 52 + "_delete.png",
    "160708-99992025_" + "a" * 52 + "_generate.png", "160708-24112025_" + "A" * 52 + "_generate.svg", "ledger", "keys",
    "~root", "a;b", "a%20b", "%ff%fe", "file:%2f%2f%2fetc%2fpasswd", "{filename}", "*",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_whatever_is_not_there_is_one_and_the_same_404(gateway: Gateway, name: str) -> None:
    async with gateway.client.get(URL(f"{gateway.address}/images/{name}", encoded=True)) as response:
        status, body = response.status, await response.json()

    assert status == 404
    assert error_in(body)["type"] == "invalid_request_error"
    assert name not in json.dumps(body)
