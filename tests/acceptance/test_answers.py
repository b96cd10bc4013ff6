"""What comes back: the shape of the body, the names of files, the headers, the events of a stream."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from typing import Any

import pytest
from aiohttp import ClientSession
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import EDITS, GENERATIONS, UPSCALE, Reply, ask
from support.painter import Painter
from support.samples import decoded, plain, quarters, text
from support.still_clock import StillClock

SOURCE = text(quarters((32, 24)))
CALLS = {
    "generate": (GENERATIONS, {"prompt": "a harbour"}),
    "edit": (EDITS, {"prompt": "make it blue", "image": SOURCE}),
    "upscale": (UPSCALE, {"image": SOURCE}),
}
NAME = r"[0-9]{6}-[0-9]{8}_[a-z2-7]{26,}_%s\.png"


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("form", ["url", "b64_json"])
async def test_an_answer_has_the_published_shape(gateway: Gateway, operation: str, form: str) -> None:
    path, fields = CALLS[operation]

    _, body = await gateway.post(path, json={**fields, "response_format": form})

    assert set(body) == {"created", "data"}
    assert abs(body["created"] - time.time()) < 60
    assert type(body["created"]) is int
    assert set(body["data"][0]) == {form} | ({"revised_prompt"} if operation != "upscale" else set())


@pytest.mark.parametrize("operation", CALLS)
async def test_a_file_name_tells_when_and_what_and_cannot_be_guessed(gateway: Gateway, operation: str) -> None:
    path, fields = CALLS[operation]

    urls = [(await gateway.post(path, json=fields))[1]["data"][0]["url"] for _ in range(2)]

    prefix = f"{gateway.address}/images/"
    names = [url.removeprefix(prefix) for url in urls]
    assert all(re.fullmatch(NAME % operation, name) for name in names)
    assert len(set(names)) == 2


async def test_a_file_name_is_the_time_in_utc(start: StartGateway) -> None:
    gateway = await start(clock=StillClock(1764000428.9))  # 2025-11-24, 16:07:08

    _, body = await gateway.post(UPSCALE, json={"image": SOURCE})

    assert body["created"] == 1764000428
    assert "/images/160708-24112025_" in body["data"][0]["url"]


async def test_base64_is_bare(gateway: Gateway) -> None:
    _, body = await gateway.post(UPSCALE, json={"image": SOURCE, "response_format": "b64_json"})

    data = base64.b64decode(body["data"][0]["b64_json"], validate=True)
    assert decoded(data).size == (64, 48)


async def test_the_revised_prompt_is_the_prompt_unless_the_backend_has_another(gateway: Gateway) -> None:
    _, made = await gateway.post(GENERATIONS, json={"prompt": "  a harbour  "})
    _, edited = await gateway.post(EDITS, json={"prompt": "make it blue", "image": SOURCE})

    assert made["data"][0]["revised_prompt"] == "a harbour"
    assert edited["data"][0]["revised_prompt"]


async def test_a_backend_s_own_revised_prompt_is_handed_on(start: StartGateway, painter: Painter) -> None:
    item = {"b64_json": text(quarters((1024, 1024))), "revised_prompt": "A harbour, in oil"}
    painter.failure = (200, {"data": [item]}, {})
    gateway = await start(painter.document())

    _, body = await gateway.post(GENERATIONS, json={"prompt": "a harbour"})

    assert body["data"][0]["revised_prompt"] == "A harbour, in oil"


async def test_a_replay_holds_a_picture_larger_than_any_input(gateway: Gateway) -> None:
    fields = {"image": text(plain((3500, 3000), 0, mode="1")), "response_format": "b64_json"}

    replies = [await ask(gateway, "POST", UPSCALE, json=fields, headers={"Idempotency-Key": "large"}) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[1].headers["Idempotent-Replayed"] == "true"
    assert replies[0].body == replies[1].body


@pytest.mark.parametrize("sent", ["abc-123", "a" * 128, "0.1_2-3"])
async def test_a_plain_request_id_is_taken_returned_and_forwarded(
    start: StartGateway, painter: Painter, sent: str
) -> None:
    gateway = await start(painter.document())

    reply = await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers={"X-Request-ID": sent})

    assert reply.headers["X-Request-ID"] == painter.asked[0].headers["X-Request-ID"] == sent


@pytest.mark.parametrize("sent", [None, "", "a" * 129, "a b", "a;b", "{id}", "é"])
async def test_another_request_id_is_replaced(gateway: Gateway, sent: str | None) -> None:
    headers = {} if sent is None else {"X-Request-ID": sent}

    replies = [await ask(gateway, "GET", path, headers=headers) for path in ("/v1/models", "/none", "/healthz")]

    made = [reply.headers["X-Request-ID"] for reply in replies]
    assert len(set(made)) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in made)


TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


async def test_a_trace_is_returned_and_forwarded_with_a_span_of_our_own(start: StartGateway, painter: Painter) -> None:
    gateway = await start(painter.document())
    sent = {"traceparent": f"00-{TRACE}-{SPAN}-01"}

    reply = await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"}, headers=sent)

    for found in (reply.headers["traceparent"], painter.asked[0].headers["traceparent"]):
        version, trace, span, flags = found.split("-")
        assert (version, trace, flags) == ("00", TRACE, "01")
        assert span != SPAN


@pytest.mark.parametrize(
    "sent", ["", "00", f"00-{'0' * 32}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE.upper()}-{SPAN}-01"]
)
async def test_what_is_no_trace_is_replaced(gateway: Gateway, sent: str) -> None:
    reply = await ask(gateway, "GET", "/v1/models", headers={"traceparent": sent})

    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", reply.headers["traceparent"])
    assert TRACE not in reply.headers["traceparent"].lower()


async def test_the_answer_tells_who_made_it(start: StartGateway, painter: Painter) -> None:
    document = painter.document()
    gateway = await start(document)

    made = await ask(gateway, "POST", GENERATIONS, json={"prompt": "a"})
    upscaled = await ask(gateway, "POST", UPSCALE, json={"image": SOURCE})

    assert (made.headers["X-Upstream"], made.headers["X-Upstream-Attempts"]) == ("painter", "1")
    assert upscaled.headers["X-Upstream"] == "local"
    assert made.headers["Cache-Control"] == "no-store"


async def test_equal_gets_are_answered_from_the_cache(start: StartGateway) -> None:
    clock = StillClock()
    gateway = await start(clock=clock)

    async def get(**headers: str) -> Reply:
        return await ask(gateway, "GET", GENERATIONS, params={"prompt": "a harbour"}, headers=headers)

    first = await get()
    clock.pass_by(100)
    again = await get()
    fresh = [await get(**{"Cache-Control": wish}) for wish in ("no-cache", "no-store")]

    assert [reply.headers["X-Cache"] for reply in (first, again, *fresh)] == ["MISS", "HIT", "BYPASS", "BYPASS"]
    assert again.headers["Age"] == "100"
    assert "Age" not in first.headers
    assert first.body == again.body
    assert len({reply.body for reply in fresh} | {first.body}) == 3


@pytest.mark.parametrize(("cache", "second"), [({}, "MISS"), ({"shared": True}, "HIT")])
async def test_a_cached_answer_belongs_to_the_token_that_asked(
    start: StartGateway, cache: dict[str, bool], second: str
) -> None:
    tokens = [{"name": name, "token": f"token-{name}"} for name in "ab"]
    gateway = await start({"auth": {"tokens": tokens}, "cache": cache})

    async def state(name: str) -> str:
        sent = {"Authorization": f"Bearer token-{name}"}
        return (await ask(gateway, "GET", GENERATIONS, params={"prompt": "a"}, headers=sent)).headers["X-Cache"]

    assert [await state(name) for name in "aab"] == ["MISS", "HIT", second]


async def test_equal_posts_may_be_cached_where_it_is_configured(start: StartGateway) -> None:
    gateway = await start({"cache": {"methods": ["GET", "POST"]}})

    replies = [await ask(gateway, "POST", UPSCALE, json={"image": SOURCE}) for _ in range(2)]

    assert [reply.headers["X-Cache"] for reply in replies] == ["MISS", "HIT"]
    assert replies[0].body == replies[1].body


async def test_equal_posts_are_three_pictures(gateway: Gateway) -> None:
    """Some clients ask for three pictures by three equal requests at once."""
    calls = [ask(gateway, "POST", GENERATIONS, json={"prompt": "a harbour"}) for _ in range(3)]

    replies = await asyncio.gather(*calls)

    assert {reply.headers["X-Cache"] for reply in replies} == {"BYPASS"}
    assert len({reply.body for reply in replies}) == 3


async def test_equal_gets_in_flight_are_one_piece_of_work(start: StartGateway, painter: Painter) -> None:
    painter.may_answer.clear()
    gateway = await start(painter.document())
    calls = [asyncio.ensure_future(ask(gateway, "GET", GENERATIONS, params={"prompt": "a harbour"})) for _ in range(5)]

    await painter.has_been_asked.wait()
    painter.may_answer.set()
    replies = await asyncio.gather(*calls)

    assert len(painter.asked) == 1
    assert len({reply.body for reply in replies}) == 1
    assert {reply.headers["X-Cache"] for reply in replies} == {"MISS", "COALESCED"}


@pytest.mark.parametrize("accept", ["image/avif,image/webp,image/*,*/*;q=0.8", "image/png", "IMAGE/*"])
async def test_an_img_tag_is_answered_with_the_picture_itself(gateway: Gateway, accept: str) -> None:
    reply = await ask(gateway, "GET", GENERATIONS, params={"prompt": "a"}, headers={"Accept": accept})

    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    assert decoded(reply.body).size == (1024, 1024)
    assert "Accept" in reply.headers["Vary"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("operation", CALLS)
async def test_every_operation_may_be_an_img_tag_whatever_its_default_form(start: StartGateway, operation: str) -> None:
    inline = {"operations": list(CALLS), "upstreams": ["local"], "response_format": dict.fromkeys(CALLS, "b64_json")}
    gateway = await start({"models": {"m": inline}, "defaults": dict.fromkeys(CALLS, "m")})
    path, fields = CALLS[operation]

    reply = await ask(gateway, "GET", path, params=fields, headers={"Accept": "image/*"})

    assert (reply.status, reply.headers["Content-Type"]) == (200, "image/png")
    assert decoded(reply.body).format == "PNG"
    assert (reply.headers["Vary"], reply.headers["X-Content-Type-Options"]) == ("Accept", "nosniff")


@pytest.mark.parametrize(
    ("accept", "more"),
    [
        ("text/html,application/xhtml+xml,image/avif,*/*;q=0.8", {}),
        ("application/json, image/png", {}),
        ("*/*", {}),
        ("image/png", {"response_format": "url"}),
    ],
)
async def test_everybody_else_is_answered_with_json(gateway: Gateway, accept: str, more: dict[str, str]) -> None:
    reply = await ask(gateway, "GET", GENERATIONS, params={"prompt": "a", **more}, headers={"Accept": accept})

    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert "Accept" in reply.headers["Vary"]


async def test_picture_and_json_share_one_cached_result(gateway: Gateway) -> None:
    query = {"prompt": "a harbour that nobody else asks for"}

    shown = await ask(gateway, "GET", GENERATIONS, params=query, headers={"Accept": "image/*"})
    told = await ask(gateway, "GET", GENERATIONS, params=query)

    assert (shown.headers["X-Cache"], told.headers["X-Cache"]) == ("MISS", "HIT")
    url = json.loads(told.body)["data"][0]["url"]
    assert (await ask(gateway, "GET", url)).body == shown.body


async def test_an_img_tag_s_error_stays_json(gateway: Gateway) -> None:
    reply = await ask(gateway, "GET", GENERATIONS, params={"n": "9"}, headers={"Accept": "image/*"})

    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (400, "application/json")
    assert error_in(json.loads(reply.body))["param"] in {"prompt", "n"}


def events_of(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block for block in body.decode().split("\n\n") if block and not block.startswith(":")]
    pairs = [block.split("\n") for block in blocks]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in pairs]


@pytest.mark.parametrize("name", ["image_generation", "image_edit"])
@pytest.mark.parametrize("n", [1, 3])
async def test_a_stream_ends_with_every_picture(gateway: Gateway, name: str, n: int) -> None:
    path, fields = CALLS["generate" if name == "image_generation" else "edit"]

    reply = await ask(gateway, "POST", path, json={**fields, "n": n, "stream": True})

    events = events_of(reply.body)
    assert [event for event, _ in events] == [f"{name}.completed"] * n
    assert all(data["type"] == event for event, data in events)
    assert all(decoded(base64.b64decode(data["b64_json"])).format == "PNG" for _, data in events)
    assert b": progress " in reply.body


@pytest.mark.parametrize(
    "options", [{"data": {"prompt": "a", "stream": "true"}}, {"params": {"prompt": "a", "stream": "true"}}]
)
async def test_a_stream_may_be_asked_for_in_text(gateway: Gateway, options: dict[str, Any]) -> None:
    reply = await ask(gateway, "POST" if "data" in options else "GET", GENERATIONS, **options)

    assert reply.headers["Content-Type"].startswith("text/event-stream")
    assert [event for event, _ in events_of(reply.body)] == ["image_generation.completed"]


async def test_an_error_before_the_first_event_is_an_ordinary_one(start: StartGateway, painter: Painter) -> None:
    painter.failure = (400, {"error": {"code": "content_policy_violation"}}, {})
    gateway = await start(painter.document())

    bad = await gateway.post(GENERATIONS, json={"prompt": "", "stream": True})
    refused = await gateway.post(GENERATIONS, json={"prompt": "a", "stream": True})

    assert [(status, error_in(body)["code"]) for status, body in (bad, refused)] == [
        (400, None), (400, "content_policy_violation"),
    ]  # fmt: skip
