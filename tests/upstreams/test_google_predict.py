"""What Imagen's answers are taken for."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest
from support.google import drawn, lent_tools, picture

from gateway.images import EditRequest, GenerateRequest
from gateway.upstreams.base import ContentRefused, EmptyAnswer, UpstreamError
from gateway.upstreams.google_predict import edit_document, generate_document, read_predictions
from gateway.upstreams.http import HttpAnswer
from gateway.upstreams.tools import Tools

FILTERED = {"raiFilteredReason": "Unable to show generated images. Support codes: 58061214, 42876398"}


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    async with lent_tools() as lent:
        yield lent


def answer(body: object) -> HttpAnswer:
    return HttpAnswer(200, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def made(width: int = 8, **others: object) -> dict[str, object]:
    return {"mimeType": "image/png", "bytesBase64Encoded": base64.b64encode(drawn(width, 8)).decode(), **others}


def test_what_is_not_asked_for_is_not_said() -> None:
    request = GenerateRequest(model="m", prompt="p", n=2)
    document = generate_document(request, output={}, image_size=None, seed=None, negative_prompt=None)
    assert document["parameters"] == {"sampleCount": 2, "includeRaiReason": True}


def test_a_seed_of_zero_is_a_seed() -> None:
    request = GenerateRequest(model="m", prompt="p")
    document = generate_document(request, output={}, image_size=None, seed=0, negative_prompt="")
    assert document["parameters"] == {
        "sampleCount": 1,
        "includeRaiReason": True,
        "seed": 0,
        "negativePrompt": "",
    }


def test_an_edit_without_a_mask_may_change_everything() -> None:
    request = EditRequest(model="m", prompt="p", images=(picture(),))
    document = edit_document(request, picture(), None, dilation=0.5, output={})
    assert "EDIT_MODE_DEFAULT" in str(document)
    assert "MASK" not in str(document)


async def test_pictures_come_with_the_prompt_that_was_used(tools: Tools) -> None:
    found = await read_predictions(answer({"predictions": [made(8, prompt="a fine cat"), made(9)]}), tools)
    assert [(one.picture.width, one.revised_prompt) for one in found] == [(8, "a fine cat"), (9, None)]


async def test_what_was_not_filtered_is_given(tools: Tools) -> None:
    described = {"contentType": "Positive Prompt", "safetyAttributes": {"scores": [0.1]}}
    found = await read_predictions(answer({"predictions": [FILTERED, made(9), described]}), tools)
    assert [one.picture.width for one in found] == [9]


async def test_one_bad_picture_does_not_cost_its_siblings(tools: Tools) -> None:
    bad = {"bytesBase64Encoded": "AAAA"}
    found = await read_predictions(answer({"predictions": [bad, made(9), {"bytesBase64Encoded": 7}]}), tools)
    assert [one.picture.width for one in found] == [9]


async def test_all_filtered_is_refused_with_its_support_codes(tools: Tools) -> None:
    with pytest.raises(ContentRefused) as caught:
        await read_predictions(answer({"predictions": [FILTERED, FILTERED]}), tools)
    assert caught.value.detail == "filtered, support codes 42876398, 58061214"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        None,
        [],
        {},
        {"predictions": None},
        {"predictions": []},
        {"predictions": [None, "x", {}, {"raiFilteredReason": ""}]},
        {"predictions": [{"gcsUri": "gs://bucket/a.png", "mimeType": "image/png"}]},
        {"predictions": [{"bytesBase64Encoded": 7}]},
        {"predictions": [{"bytesBase64Encoded": "AAAA"}]},
        {"predictions": [{"bytesBase64Encoded": "!"}]},
    ],
)
async def test_an_answer_without_a_picture_is_empty(tools: Tools, body: object) -> None:
    with pytest.raises(UpstreamError) as caught:
        await read_predictions(answer(body), tools)
    assert type(caught.value) is EmptyAnswer
