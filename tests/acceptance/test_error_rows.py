"""Every row of the contract's error table, as a client meets it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port
from support.background import Standing
from support.errors import error_in
from support.gateway import Gateway, StartGateway
from support.images_api import GENERATIONS, UPSCALE, Reply, ask, hosted
from support.painter import Painter
from support.samples import plain, text

ORDER = {"prompt": "a hill"}
BEARER = "Bearer let-me-in"
SECURED = {"auth": {"tokens": [{"name": "web", "token": "let-me-in"}, {"name": "job", "token": "me-too"}]}}


@pytest.fixture
def gateway(standing: Standing, client: ClientSession) -> Gateway:
    return Gateway(*standing, client)


def error_of(reply: Reply) -> dict[str, str | None]:
    return error_in(json.loads(reply.body))


async def generate(gateway: Gateway, **options: Any) -> Reply:
    return await ask(gateway, "POST", GENERATIONS, **{"json": ORDER, **options})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic bGV0LW1lLWluOg=="},
        {"Authorization": "let-me-in"},
        {"Authorization": "Bearer let-me-i"},
        {"Authorization": "Bearer let-me-in2"},
        {"Authorization": "Bearer LET-ME-IN"},
        {"Authorization": "Bearer lét-me-in"},
        {"api-key": "wrong"},
        {"Cookie": "token=let-me-in"},
    ],
)
@pytest.mark.parametrize("path", [GENERATIONS, "/v1/models", "/images/edits"])
async def test_without_a_token_of_ours_the_answer_is_401(
    start: StartGateway, path: str, headers: dict[str, str]
) -> None:
    gateway = await start(SECURED)

    reply = await ask(gateway, "GET", path, params={"prompt": "a", "token": "let-me-in"}, headers=headers)

    assert reply.status == 401
    assert error_of(reply)["code"] == "invalid_api_key"
    assert error_of(reply)["type"] == "invalid_request_error"
    assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": BEARER},
        {"authorization": "bearer let-me-in"},
        {"api-key": "me-too"},
        {"Api-Key": "let-me-in", "Authorization": BEARER},
    ],
)
async def test_a_token_of_ours_opens_the_door_in_either_header(start: StartGateway, headers: dict[str, str]) -> None:
    gateway = await start(SECURED)

    assert (await generate(gateway, headers=headers)).status == 200


async def test_two_different_tokens_are_refused(start: StartGateway) -> None:
    gateway = await start(SECURED)

    reply = await generate(gateway, headers={"Authorization": BEARER, "api-key": "me-too"})

    assert reply.status in {400, 401}
    assert error_of(reply)["type"] == "invalid_request_error"


async def test_hosted_pictures_stay_open_behind_their_names(start: StartGateway) -> None:
    gateway = await start(SECURED)
    sent = {"json": {"image": text(plain())}, "headers": {"Authorization": BEARER}}

    _, body = await gateway.post(UPSCALE, **sent)

    assert (await ask(gateway, "GET", body["data"][0]["url"])).status == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "ünïcode"])
async def test_an_idempotency_key_has_1_to_255_printable_characters(gateway: Gateway, key: str) -> None:
    reply = await generate(gateway, headers={"Idempotency-Key": key})

    assert (reply.status, error_of(reply)["param"]) == (400, "Idempotency-Key")


async def test_a_key_used_again_gives_the_same_answer_or_422(gateway: Gateway) -> None:
    key = {"Idempotency-Key": "order 66"}

    first, again = [await generate(gateway, headers=key) for _ in range(2)]
    other = await generate(gateway, json={"prompt": "another hill"}, headers=key)

    assert first.body == again.body
    assert (other.status, error_of(other)["type"]) == (422, "invalid_request_error")


async def test_an_error_frees_the_key(gateway: Gateway) -> None:
    key = {"Idempotency-Key": "order 67"}

    failed = await generate(gateway, json={"prompt": "a", "n": 9}, headers=key)
    fine = await generate(gateway, headers=key)

    assert (failed.status, fine.status) == (400, 200)


async def failing(start: StartGateway, painter: Painter, status: int, body: Any = None, **headers: str) -> Reply:
    """The answer for a request whose only provider fails so."""
    painter.failure = status, body or {"error": {"message": "secret words of the provider"}}, headers
    return await generate(await start(painter.document()))


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "moderation_blocked", "message": "secret words"}},
        {"error": {"code": "content_policy_violation", "message": "secret words"}},
    ],
)
async def test_a_refused_prompt_is_400(start: StartGateway, painter: Painter, body: Any) -> None:
    reply = await failing(start, painter, 400, body)

    error = error_of(reply)
    assert (reply.status, error["code"], error["param"]) == (400, "content_policy_violation", "prompt")
    assert b"secret words" not in reply.body
    assert len(painter.asked) == 1


async def test_when_every_backend_is_at_its_limit_the_answer_is_429(start: StartGateway, painter: Painter) -> None:
    reply = await failing(start, painter, 429, **{"Retry-After": "700"})

    assert (reply.status, error_of(reply)["type"]) == (429, "rate_limit_error")
    assert reply.headers["Retry-After"] == "120"  # clients do not obey a longer wait
    assert "x-should-retry" not in reply.headers


@pytest.mark.parametrize("sent", ["inf", "nan", "Fri, 01 Jan 99999999999999999999 00:00:00 GMT"])
async def test_an_odd_wait_that_a_backend_asks_for_is_bounded(start: StartGateway, painter: Painter, sent: str) -> None:
    reply = await failing(start, painter, 429, **{"Retry-After": sent})

    assert reply.status == 429
    assert 1 <= int(reply.headers["Retry-After"]) <= 120


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "Internal Server Error"),
        (401, "Unauthorized"),
        (404, "Not Found"),
        (418, "I'm a Teapot"),
        (502, "Bad Gateway"),
    ],
)
async def test_what_a_backend_fails_with_is_500_in_our_words(
    start: StartGateway, painter: Painter, status: int, words: str
) -> None:
    reply = await failing(start, painter, status)

    error = error_of(reply)
    assert (reply.status, error["type"]) == (500, "api_error")
    assert str(error["message"]).lower() == f"upstream api error: {status} - {words}".lower()
    assert reply.headers["x-should-retry"] == "false"
    assert "Retry-After" not in reply.headers
    assert b"secret" not in reply.body


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{}]}, {"data": [{"b64_json": "AAAA"}]}, {"data": "x"}, []])
async def test_an_answer_without_a_picture_is_500(start: StartGateway, painter: Painter, body: Any) -> None:
    reply = await failing(start, painter, 200, body)

    assert (reply.status, error_of(reply)["type"]) == (500, "api_error")
    assert str(error_of(reply)["message"]).startswith("Upstream API error: 200 - ")


async def test_a_backend_that_cannot_be_reached_is_503(start: StartGateway, painter: Painter) -> None:
    gateway = await start(painter.document(base_url=f"http://127.0.0.1:{unused_port()}"))

    reply = await generate(gateway)

    assert (reply.status, error_of(reply)["type"]) == (503, "api_error")
    assert 1 <= int(reply.headers["Retry-After"]) <= 120
    assert "x-should-retry" not in reply.headers


async def test_a_deadline_that_passes_is_504(start: StartGateway, painter: Painter) -> None:
    painter.may_answer.clear()
    gateway = await start({**painter.document(), "server": {"request_timeout": 0.2}})

    reply = await generate(gateway)

    assert (reply.status, error_of(reply)["type"]) == (504, "api_error")
    assert error_of(reply)["message"] == "Server polling timeout"
    assert reply.headers["x-should-retry"] == "false"
    assert reply.headers["X-Upstream-Attempts"] == "1"


async def test_a_backend_slower_than_its_own_time_is_504(start: StartGateway, painter: Painter) -> None:
    painter.may_answer.clear()
    gateway = await start(painter.document(timeout=0.2))

    reply = await generate(gateway)

    assert (reply.status, error_of(reply)["message"]) == (504, "Server polling timeout")


async def test_what_no_backend_can_do_is_400(start: StartGateway, painter: Painter) -> None:
    gateway = await start(painter.document(preset="sglang"))  # a kind of server that ignores masks
    fields = {"prompt": "blue", "image": text(plain()), "mask": text(plain())}

    status, body = await gateway.post("/v1/images/edits", json=fields)

    assert (status, error_in(body)["type"]) == (400, "invalid_request_error")


async def test_a_full_store_is_503(start: StartGateway) -> None:
    gateway = await start({"images": {"max_size": 1}})

    status, body = await gateway.post(UPSCALE, json={"image": text(plain())})

    assert (status, error_in(body)["type"]) == (503, "api_error")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", GENERATIONS, {"prompt": ""}),
        ("POST", GENERATIONS, {"prompt": "a", "size": "1x1"}),
        ("POST", UPSCALE, {"image": "?"}),
        ("GET", "/v1/none", None),
        ("DELETE", "/v1/models", None),
    ],
)
async def test_the_status_line_carries_the_message(
    gateway: Gateway, method: str, path: str, body: dict[str, str] | None
) -> None:
    reply = await ask(gateway, method, path, json=body)

    message, reason = str(error_of(reply)["message"]), str(reply.reason)
    assert len(reason) <= 100
    assert reason == message if len(message) <= 100 else reason[:90] == message[:90]
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Request-ID"]


async def test_a_status_line_is_one_line_of_plain_letters(gateway: Gateway) -> None:
    reply = await generate(gateway, json={"prompt": "a", "model": "x\r\nSet-Cookie: a=b\u202e🍌"})

    assert reply.status == 400
    assert "Set-Cookie" not in reply.headers
    assert str(reply.reason).isprintable()
    assert str(reply.reason).isascii()


async def test_a_hosted_picture_that_lost_its_bytes_is_never_shown(start: StartGateway, tmp_path: Any) -> None:
    gateway = await start()
    url = await hosted(gateway)
    stored = next((tmp_path / "images").rglob(url.rpartition("/")[2]))

    stored.write_bytes(stored.read_bytes()[:-20] + b"x" * 20)
    reply = await ask(gateway, "GET", url)

    assert reply.status == 404
    assert error_of(reply)["message"] == "Image not found or expired"
