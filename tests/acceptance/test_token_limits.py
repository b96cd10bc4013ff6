"""What a token may use: its models, its requests, its images of a day."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from support.clocks import ShiftedClock
from support.errors import error_in
from support.gateway import Document, Gateway, StartGateway
from support.images_api import GENERATIONS, UPSCALE, ask
from support.painter import Painter

PROMPT = {"prompt": "a lighthouse"}
WEB = {"Authorization": "Bearer web-token"}
DAY = 86_400
BROKEN: tuple[int, dict[str, Any], dict[str, str]] = (400, {"error": {"code": "moderation_blocked"}}, {})

MODELS: Document = {
    "models": {
        "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"], "aliases": ["dall-e-3"]},
        "painter": {"operations": ["generate"], "upstreams": ["local"], "aliases": ["brush"]},
        "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
    }
}


def one_token(**keys: Any) -> Document:
    return {"auth": {"tokens": [{"name": "web", "token": "web-token", **keys}]}}


async def left(gateway: Gateway) -> str:
    """Images that the token has left of its day, as any answer tells."""
    reply = await ask(gateway, "GET", "/v1/models", headers=WEB)
    return reply.headers["x-ratelimit-remaining-images"]


@pytest.mark.parametrize("model", ["painter", "brush"])
async def test_an_allowed_model_may_be_used_by_id_and_alias(start: StartGateway, model: str) -> None:
    gateway = await start({**MODELS, **one_token(models=["brush"])})

    status, _ = await gateway.post(GENERATIONS, json={**PROMPT, "model": model}, headers=WEB)

    assert status == 200


@pytest.mark.parametrize("fields", [PROMPT, {**PROMPT, "model": "nano-banana"}, {**PROMPT, "model": "dall-e-3"}])
async def test_another_model_is_403_and_told_what_is_allowed(start: StartGateway, fields: dict[str, str]) -> None:
    gateway = await start({**MODELS, **one_token(models=["brush"])})

    status, answer = await gateway.post(GENERATIONS, json=fields, headers=WEB)

    error = error_in(answer)
    assert (status, error["type"], error["param"]) == (403, "invalid_request_error", "model")
    assert "It may use: painter." in str(error["message"])


async def test_an_unknown_model_is_answered_with_the_allowed_ones(start: StartGateway) -> None:
    gateway = await start({**MODELS, **one_token(models=["brush"])})

    status, answer = await gateway.post(GENERATIONS, json={**PROMPT, "model": "mango"}, headers=WEB)

    assert (status, error_in(answer)["code"]) == (400, "model_not_found")
    assert "generate: painter." in str(error_in(answer)["message"])


async def test_only_allowed_models_are_listed_and_found(start: StartGateway) -> None:
    gateway = await start({**MODELS, **one_token(models=["dall-e-3", "imagen-4.0-upscale-preview"])})

    _, listed = await gateway.get("/v1/models", headers=WEB)
    found, _ = await gateway.get("/v1/models/dall-e-3", headers=WEB)
    hidden, _ = await gateway.get("/v1/models/painter", headers=WEB)

    assert [model["id"] for model in listed["data"]] == ["nano-banana", "imagen-4.0-upscale-preview"]
    assert (found, hidden) == (200, 404)


async def test_requests_per_minute_hold_on_every_route_behind_the_door(start: StartGateway) -> None:
    gateway = await start(one_token(requests_per_minute=2))

    statuses = [(await ask(gateway, "GET", "/v1/models", headers=WEB)).status for _ in range(2)]
    refused = await ask(gateway, "POST", GENERATIONS, json=PROMPT, headers=WEB)

    assert (statuses, refused.status) == ([200, 200], 429)
    assert refused.headers["x-ratelimit-limit-requests"] == "2"
    assert 1 <= int(refused.headers["Retry-After"]) <= 30


async def test_a_large_body_is_refused_before_it_is_sent(start: StartGateway) -> None:
    gateway = await start(one_token(requests_per_minute=1))
    await ask(gateway, "GET", "/v1/models", headers=WEB)

    async def endless() -> Any:
        yield b"{"
        await asyncio.Event().wait()

    async with asyncio.timeout(3):
        reply = await ask(gateway, "POST", GENERATIONS, data=endless(), headers=WEB)

    assert reply.status == 429


async def test_images_of_a_day_run_out_and_come_back(start: StartGateway) -> None:
    clock = ShiftedClock()
    gateway = await start({**one_token(images_per_day=3), "images": {"ttl": 10 * DAY}}, clock=clock)
    fields = {**PROMPT, "n": 2, "response_format": "b64_json"}

    first = await ask(gateway, "POST", GENERATIONS, json=fields, headers=WEB)
    second = await ask(gateway, "POST", GENERATIONS, json=fields, headers=WEB)
    clock.ahead = DAY + 120
    third = await ask(gateway, "POST", GENERATIONS, json=fields, headers=WEB)

    assert [reply.status for reply in (first, second, third)] == [200, 429, 200]
    assert first.headers["x-ratelimit-remaining-images"] == "1"
    assert second.headers["Retry-After"] == "120"


async def test_an_upscale_is_one_image(start: StartGateway) -> None:
    gateway = await start(one_token(images_per_day=2))
    _, made = await gateway.post(GENERATIONS, json=PROMPT, headers=WEB)

    statuses = [(await gateway.post(UPSCALE, json={"image": made["data"][0]["url"]}, headers=WEB))[0] for _ in range(2)]

    assert statuses == [200, 429]


async def test_a_failure_gives_its_images_back(start: StartGateway, painter: Painter) -> None:
    gateway = await start({**painter.document(), **one_token(images_per_day=3)})
    painter.failure = BROKEN

    status, _ = await gateway.post(GENERATIONS, json={**PROMPT, "n": 3}, headers=WEB)

    assert (status, await left(gateway)) == (400, "3")


async def test_shared_and_kept_answers_are_free(start: StartGateway, painter: Painter) -> None:
    gateway = await start({**painter.document(), **one_token(images_per_day=3)})
    painter.may_answer.clear()

    equal = [asyncio.ensure_future(gateway.get(GENERATIONS, params=PROMPT, headers=WEB)) for _ in range(3)]
    await painter.has_been_asked.wait()
    painter.may_answer.set()
    statuses = [(await answer)[0] for answer in equal]
    statuses.append((await gateway.get(GENERATIONS, params=PROMPT, headers=WEB))[0])

    assert (statuses, await left(gateway)) == ([200] * 4, "2")


async def test_a_replay_under_a_key_is_free(start: StartGateway) -> None:
    gateway = await start(one_token(images_per_day=1))
    key = {**WEB, "Idempotency-Key": "order-1"}

    replies = [await ask(gateway, "POST", GENERATIONS, json=PROMPT, headers=key) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].body == replies[1].body


async def test_work_that_its_client_abandoned_is_still_charged(start: StartGateway, painter: Painter) -> None:
    """Else whoever hangs up in time would have pictures made, and billed, for nothing."""
    gateway = await start({**painter.document(), **one_token(images_per_day=3)})
    painter.may_answer.clear()

    waiting = asyncio.ensure_future(gateway.post(GENERATIONS, json=PROMPT, headers=WEB))
    await painter.has_been_asked.wait()
    waiting.cancel()
    await asyncio.wait([waiting])
    painter.may_answer.set()

    assert await left(gateway) == "2"


async def test_a_stream_over_its_images_is_an_ordinary_refusal(start: StartGateway) -> None:
    gateway = await start(one_token(images_per_day=1))

    status, answer = await gateway.post(GENERATIONS, json={**PROMPT, "n": 2, "stream": True}, headers=WEB)

    assert (status, error_in(answer)["type"]) == (429, "rate_limit_error")


async def test_the_process_takes_so_many_image_requests_and_no_more(start: StartGateway, painter: Painter) -> None:
    gateway = await start({**painter.document(), "server": {"max_in_flight": 1}})
    painter.may_answer.clear()

    first = asyncio.ensure_future(gateway.post(GENERATIONS, json=PROMPT))
    await painter.has_been_asked.wait()
    shed = await ask(gateway, "POST", GENERATIONS, json=PROMPT)
    models, _ = await gateway.get("/v1/models")
    painter.may_answer.set()

    assert (shed.status, shed.headers["Retry-After"], models, (await first)[0]) == (503, "1", 200, 200)
