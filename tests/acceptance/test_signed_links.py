"""Signed links from end to end: what is answered, what opens it, and what may be handed back in."""

from __future__ import annotations

import pytest
from support.clocks import ShiftedClock
from support.errors import error_in
from support.gateway import Document, Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, Reply, ask, hosted
from yarl import URL

SECRET = "a secret of the tests with 32 letters or more"
SIGNED: Document = {"images": {"signed": True, "signing_secrets": [SECRET], "ttl": 3600}}
PROMPT = {"prompt": "a lighthouse"}


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture
async def signed(start: StartGateway, clock: ShiftedClock) -> Gateway:
    return await start(SIGNED, clock=clock)


def bare(url: str) -> str:
    return str(URL(url).with_query(None))


def forged(url: str) -> str:
    return url.replace("signature=", "signature=A")


def gone(reply: Reply) -> bool:
    return reply.status == 404 and b'"message": "Image not found or expired"' in reply.body


async def test_a_link_that_was_answered_opens_and_is_for_its_holder_alone(signed: Gateway) -> None:
    reply = await ask(signed, "GET", await hosted(signed))

    scope, age, immutable = reply.headers["Cache-Control"].split(", ")
    assert (reply.status, scope, immutable) == (200, "private", "immutable")
    assert 3590 <= int(age.removeprefix("max-age=")) <= 3600


async def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(signed: Gateway) -> None:
    url = await hosted(signed)
    other = await hosted(signed, prompt="another")
    unknown = bare(url)[:-20] + "a" * 7 + bare(url)[-13:]
    wrong = [
        bare(url),
        forged(url),
        f"{url}&expires=9999999999",
        str(URL(bare(url)).with_query(URL(other).query_string)),
        unknown,
        f"{unknown}?{URL(url).query_string}",
    ]

    replies = [await ask(signed, "GET", address) for address in wrong]

    assert all(gone(reply) for reply in replies)
    assert len({reply.body for reply in replies}) == 1


async def test_head_range_and_304_need_the_signature_and_are_as_ever(signed: Gateway) -> None:
    url = await hosted(signed)
    whole = await ask(signed, "GET", url)

    head = await ask(signed, "HEAD", url)
    part = await ask(signed, "GET", url, headers={"Range": "bytes=1-3"})
    same = await ask(signed, "GET", url, headers={"If-None-Match": whole.headers["ETag"]})
    refused = await ask(signed, "GET", forged(url), headers={"If-None-Match": whole.headers["ETag"]})

    assert (head.status, head.headers["Content-Length"]) == (200, str(len(whole.body)))
    assert (part.status, part.body) == (206, whole.body[1:4])
    assert (same.status, same.headers["Cache-Control"].split(",")[0]) == (304, "private")
    assert gone(refused)


async def test_a_link_ends_in_time(start: StartGateway, clock: ShiftedClock) -> None:
    gateway = await start({"images": {**SIGNED["images"], "link_ttl": 60}}, clock=clock)
    url = await hosted(gateway)

    early = await ask(gateway, "GET", url)
    clock.ahead = 61
    late = await ask(gateway, "GET", url)

    assert early.status == 200
    assert int(early.headers["Cache-Control"].split("max-age=")[1].split(",")[0]) <= 60
    assert gone(late)


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "order-1"}], ids=["cached", "replayed"])
async def test_a_kept_answer_is_signed_anew(start: StartGateway, clock: ShiftedClock, headers: dict[str, str]) -> None:
    gateway = await start({"images": {**SIGNED["images"], "link_ttl": 60}}, clock=clock)
    _, first = await gateway.get(GENERATIONS, params=PROMPT, headers=headers)

    clock.ahead = 90
    _, again = await gateway.get(GENERATIONS, params=PROMPT, headers=headers)

    urls = [answer["data"][0]["url"] for answer in (first, again)]
    assert bare(urls[0]) == bare(urls[1])
    assert [(await ask(gateway, "GET", url)).status for url in urls] == [404, 200]


async def test_generate_edit_upscale_goes_by_signed_links(signed: Gateway) -> None:
    made = await hosted(signed)

    _, edited = await signed.post(EDITS, json={"prompt": "make it snow", "image": made, "mask": made})
    status, larger = await signed.get(UPSCALE, params={"image": edited["data"][0]["url"]})

    assert status == 200
    assert (await ask(signed, "GET", larger["data"][0]["url"])).status == 200


@pytest.mark.parametrize("spoil", [bare, forged])
async def test_an_own_picture_without_its_signature_is_no_input(signed: Gateway, spoil: object) -> None:
    assert callable(spoil)
    url = spoil(await hosted(signed))

    status, answer = await signed.post(EDITS, json={"prompt": "make it snow", "image": url})

    assert (status, error_in(answer)["param"]) == (400, "image")
    assert "Image not found or expired" in str(error_in(answer)["message"])


async def test_an_image_tag_that_asks_the_api_needs_no_signature(signed: Gateway) -> None:
    reply = await ask(signed, "GET", GENERATIONS, params=PROMPT, headers={"Accept": "image/*"})

    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
