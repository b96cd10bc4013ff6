"""What is said to generateContent, and what its answers are taken for."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping

import pytest
from support.google import content, drawn, inline, lent_tools, picture

from gateway.errors import BadRequest
from gateway.images import AspectRatio, EditRequest, GenerateRequest
from gateway.upstreams.base import ContentRefused, EmptyAnswer, UpstreamError
from gateway.upstreams.google_content import ContentSettings, content_document, merged, read_content, request_body
from gateway.upstreams.http import HttpAnswer
from gateway.upstreams.tools import Tools

GENERATE = GenerateRequest(model="m", prompt="a cat")


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    async with lent_tools() as lent:
        yield lent


def settings(**keys: object) -> ContentSettings:
    return ContentSettings.model_validate({"driver": "x", "model": "gemini-x", **keys})


def answer(body: object) -> HttpAnswer:
    return HttpAnswer(200, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


async def config_of(request: GenerateRequest | EditRequest, tools: Tools, **keys: object) -> Mapping[str, object]:
    document = await content_document(request, settings(**keys), tools)
    config = document["generationConfig"]
    assert isinstance(config, dict)
    return config


async def test_what_is_not_asked_for_is_not_said(tools: Tools) -> None:
    assert await config_of(GENERATE, tools) == {"responseModalities": ["IMAGE"]}


@pytest.mark.parametrize("ratio", list(AspectRatio))
async def test_every_ratio_is_named(tools: Tools, ratio: AspectRatio) -> None:
    config = await config_of(GenerateRequest(model="m", prompt="p", ratio=ratio), tools)
    assert config["imageConfig"] == {"aspectRatio": ratio.value}


async def test_one_picture_keeps_its_own_shape_unasked(tools: Tools) -> None:
    config = await config_of(EditRequest(model="m", prompt="p", images=(picture(30, 20),)), tools)
    assert "imageConfig" not in config


@pytest.mark.parametrize(
    ("size", "named"), [((30, 20), "3:2"), ((20, 30), "2:3"), ((50, 51), "1:1"), ((210, 90), "21:9"), ((9, 90), "9:16")]
)
async def test_of_several_pictures_the_first_gives_the_shape(tools: Tools, size: tuple[int, int], named: str) -> None:
    """Left alone, the model takes the shape of the last."""
    config = await config_of(EditRequest(model="m", prompt="p", images=(picture(*size), picture(64, 48))), tools)
    assert config["imageConfig"] == {"aspectRatio": named}


@pytest.mark.parametrize("sent", ["red", True, 2**31, -1, 1.5])
async def test_a_seed_that_is_none_is_refused_by_name(tools: Tools, sent: object) -> None:
    request = GenerateRequest(model="m", prompt="p", extras={"seed": sent})
    with pytest.raises(BadRequest) as caught:
        await config_of(request, tools)
    assert caught.value.param == "seed"


async def test_a_seed_is_passed_on_where_it_is_an_extra(tools: Tools) -> None:
    request = GenerateRequest(model="m", prompt="p", extras={"seed": "7"})
    assert (await config_of(request, tools))["seed"] == 7
    assert "seed" not in await config_of(request, tools, extras=[])


def test_extra_is_laid_over_object_by_object() -> None:
    document = {"a": {"b": 1, "c": [1, 2]}, "d": 1}
    extra = {"a": {"c": [3], "e": {"f": 2}}, "d": {"g": 3}, "h": 4}
    assert merged(document, extra) == {"a": {"b": 1, "c": [3], "e": {"f": 2}}, "d": {"g": 3}, "h": 4}
    assert document == {"a": {"b": 1, "c": [1, 2]}, "d": 1}


async def test_a_request_that_is_too_large_is_refused_before_it_is_sent(tools: Tools) -> None:
    document = await content_document(EditRequest(model="m", prompt="p", images=(picture(),)), settings(), tools)
    with pytest.raises(BadRequest, match="this backend takes 200") as caught:
        request_body(document, settings(max_request=200))
    assert caught.value.param == "image"


async def test_all_pictures_of_all_parts_are_taken(tools: Tools) -> None:
    parts: list[dict[str, object]] = [
        {"text": "one"},
        inline(drawn(20, 10)),
        {"text": "two"},
        inline(drawn(10, 20, "JPEG"), "image/jpeg"),
    ]
    made = await read_content(answer(content(*parts).body), tools)
    assert [(one.picture.format, one.picture.width, one.revised_prompt) for one in made] == [
        ("png", 20, None),
        ("jpeg", 10, None),
    ]


async def test_one_bad_picture_does_not_cost_its_siblings(tools: Tools) -> None:
    bad = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    made = await read_content(answer(content(bad, inline(drawn(20, 10))).body), tools)
    assert [one.picture.width for one in made] == [20]


async def test_drafts_and_what_is_no_picture_are_passed_over(tools: Tools) -> None:
    draft = {**inline(drawn(8, 8)), "thought": True}
    sound = {"inlineData": {"mimeType": "audio/wav", "data": "UklGRg=="}}
    made = await read_content(answer(content(draft, sound, {"thought": True}, inline(drawn(20, 10))).body), tools)
    assert [one.picture.width for one in made] == [20]


async def test_the_bytes_are_believed_and_not_the_type(tools: Tools) -> None:
    made = await read_content(answer(content(inline(drawn(format="WEBP"), "image/png")).body), tools)
    assert made[0].picture.format == "webp"


async def test_a_picture_wins_over_a_bad_end(tools: Tools) -> None:
    assert await read_content(answer(content(inline(drawn()), finish="MAX_TOKENS").body), tools)


BLOCKED = ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "MODEL_ARMOR", "JAILBREAK", "NEW_ONE"]
REFUSED = [
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "SAFETY",
    "PROHIBITED_CONTENT",
    "BLOCKLIST",
    "SPII",
    "RECITATION",
    "MODEL_ARMOR",
    "ESCALATION",
    "PUP_LIMITED_DISABLED",
]
UNMADE = ["NO_IMAGE", "IMAGE_OTHER", "OTHER", "MALFORMED_RESPONSE", "MAX_TOKENS", "CONTINUATION", "STOP", "A_NEW_ONE"]
NOTHING: list[object] = [
    b"",
    b"<html>",
    b"\xff\xfe",
    b"[" * 100_000,
    None,
    [],
    {},
    {"candidates": None},
    {"candidates": []},
    {"candidates": [None]},
    {"candidates": [{"content": None}]},
    {"candidates": [{"content": {"role": "model"}}]},
    {"candidates": [{"content": {"parts": None}}]},
    {"candidates": [{"content": {"parts": [None, 1, {"inlineData": None}, {"inlineData": {"data": 1}}]}}]},
    {"promptFeedback": {"safetyRatings": []}},
    {"usageMetadata": {"promptTokenCount": 9}},
]


async def failure(body: object, tools: Tools) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await read_content(answer(body), tools)
    return caught.value


@pytest.mark.parametrize("reason", BLOCKED)
async def test_a_blocked_prompt_is_refused(tools: Tools, reason: str) -> None:
    found = await failure({"promptFeedback": {"blockReason": reason, "blockReasonMessage": "a cat"}}, tools)
    assert isinstance(found, ContentRefused)
    assert found.detail == f"blockReason {reason}"


@pytest.mark.parametrize("reason", REFUSED)
async def test_a_blocked_picture_is_refused(tools: Tools, reason: str) -> None:
    found = await failure({"candidates": [{"finishReason": reason, "finishMessage": "a cat"}]}, tools)
    assert isinstance(found, ContentRefused)
    assert found.detail == f"finishReason {reason}"


@pytest.mark.parametrize("reason", UNMADE)
async def test_words_instead_of_a_picture_are_an_empty_answer(tools: Tools, reason: str) -> None:
    found = await failure(content({"text": "I cannot draw that cat."}, finish=reason).body, tools)
    assert isinstance(found, EmptyAnswer)
    assert found.detail == f"finishReason {reason}"


@pytest.mark.parametrize("body", NOTHING)
async def test_an_answer_without_anything_is_empty(tools: Tools, body: object) -> None:
    assert isinstance(await failure(body, tools), EmptyAnswer)


@pytest.mark.parametrize("data", ["", "!", "AAAA", base64.b64encode(drawn()[:40]).decode()])
async def test_a_picture_that_is_none_is_an_empty_answer(tools: Tools, data: str) -> None:
    body = content({"inlineData": {"mimeType": "image/png", "data": data}}).body
    assert isinstance(await failure(body, tools), EmptyAnswer)


async def test_only_codes_reach_the_log(tools: Tools) -> None:
    found = await failure({"candidates": [{"finishReason": "a cat\nin the log"}]}, tools)
    assert found.detail == "no candidates"
