"""The Gemini driver against Google's API on loopback: what it sends, and what becomes of every answer."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError
from support.drivers import edition, generation, opened, unheard
from support.gateway import StartGateway
from support.google import API_KEY, FakeGoogle, Scripted, captured, comparable, content, drawn, error, inline
from support.samples import photograph, plain

from gateway.errors import BadRequest
from gateway.images import AspectRatio, ImageFormat, Operation, UpscaleRequest
from gateway.upstreams.base import (
    Ambiguous,
    ContentRefused,
    EmptyAnswer,
    NotSent,
    Refused,
    Rejected,
    Upstream,
    UpstreamError,
)
from gateway.upstreams.gemini import GeminiSettings
from gateway.upstreams.rehearsal import Rehearsal, rehearsal

MODEL = "gemini-3.1-flash-image"
PAGE = Path(__file__).parents[2] / "gateway" / "docs" / "backends" / "gemini.md"
PROMPT = "a canary in a coal mine"


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().serving() as server:
        yield server


def keys(address: str, **others: Any) -> dict[str, Any]:
    return {"base_url": address, "api_key": API_KEY, "model": MODEL, **others}


@pytest.fixture
async def gemini(google: FakeGoogle) -> AsyncIterator[Upstream]:
    async with opened("gemini", **keys(google.address)) as upstream:
        yield upstream


async def test_a_generation_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("genai-generate-content-image")
    async with opened("gemini", **keys(google.address, api_version="v1", image_size="2K")) as upstream:
        made = await upstream.generate(generation("A red apple", ratio=AspectRatio.WIDE), unheard)
    [request] = google.received
    assert (request.method, request.path, comparable(request.body)) == ("POST", path, body)
    assert (made[0].picture.width, made[0].picture.height) == (256, 144)


async def test_an_edit_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("genai-generate-content-edit")
    extra = {"safetySettings": body["safetySettings"], "generationConfig": {"candidateCount": 1}}
    settings = keys(google.address, api_version="v1", response_modalities=["TEXT", "IMAGE"], extra=extra)
    request = edition(plain(), prompt="make it blue", ratio=AspectRatio.SQUARE, extras={"seed": 7})
    async with opened("gemini", **settings) as upstream:
        await upstream.edit(request, unheard)
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)


async def test_the_version_that_previews_need_is_the_default(google: FakeGoogle, gemini: Upstream) -> None:
    path, _ = captured("genai-v1beta")
    await gemini.generate(generation(), unheard)
    assert google.received[0].path == path


async def test_the_key_travels_in_its_header_alone(google: FakeGoogle, gemini: Upstream) -> None:
    await gemini.generate(generation(), unheard)
    [request] = google.received
    assert request.headers["x-goog-api-key"] == API_KEY
    assert "Authorization" not in request.headers
    assert API_KEY not in request.path


async def test_several_pictures_go_before_the_words_under_their_real_types(
    google: FakeGoogle, gemini: Upstream
) -> None:
    pictures = [plain(form="JPEG"), plain(form="WEBP"), plain(form="PNG")]
    await gemini.edit(edition(*pictures, prompt="join them"), unheard)
    *sent, words = google.received[0].body["contents"][0]["parts"]
    assert [part["inlineData"]["mimeType"] for part in sent] == ["image/jpeg", "image/webp", "image/png"]
    assert [base64.b64decode(part["inlineData"]["data"]) for part in sent] == pictures
    assert words == {"text": "join them"}


async def test_what_google_does_not_take_is_converted(google: FakeGoogle, gemini: Upstream) -> None:
    await gemini.edit(edition(plain(form="GIF"), photograph((64, 48), orientation=6)), unheard)
    gif, lying, _ = google.received[0].body["contents"][0]["parts"]
    assert gif["inlineData"]["mimeType"] == "image/png"
    assert lying["inlineData"]["mimeType"] == "image/jpeg"


async def test_a_large_picture_arrives_whole(google: FakeGoogle, gemini: Upstream) -> None:
    data = photograph((1600, 1200))
    assert len(data) > 300_000
    request = edition(data)
    await gemini.edit(request, unheard)
    [part, _] = google.received[0].body["contents"][0]["parts"]
    stripped = await request.images[0].blob.load()  # type: ignore[union-attr]  # a picture, not an address
    assert base64.b64decode(part["inlineData"]["data"]) == stripped


async def test_thoughts_are_passed_over_and_words_are_no_prompt(google: FakeGoogle, gemini: Upstream) -> None:
    draft = {**inline(drawn(8, 8)), "thought": True}
    google.script.append(content({"text": "Here it is"}, draft, inline(drawn(20, 10, "JPEG"), "image/jpeg")))
    [made] = await gemini.generate(generation(), unheard)
    assert (made.picture.format, made.picture.width, made.revised_prompt) == (ImageFormat.JPEG, 20, None)


async def test_a_probe_asks_for_the_model(google: FakeGoogle, gemini: Upstream) -> None:
    path, _ = captured("genai-models-get")
    await gemini.probe()
    assert (google.received[0].method, google.received[0].path) == ("GET", path.replace("/v1/", "/v1beta/"))


@pytest.mark.parametrize("wrong", [{"api_key": "not the key"}, {"model": "gemini-gone"}])
async def test_a_probe_finds_a_wrong_key_and_a_retired_model(google: FakeGoogle, wrong: dict[str, str]) -> None:
    google.gone.add("gemini-gone")
    async with opened("gemini", **keys(google.address, **wrong)) as upstream:
        with pytest.raises(Rejected):
            await upstream.probe()


REFUSALS = [
    {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"candidatesTokenCount": 0}},
    {"promptFeedback": {"blockReason": "OTHER"}},
    {"candidates": [{"finishReason": "IMAGE_SAFETY", "finishMessage": PROMPT}]},
    {"candidates": [{"finishReason": "RECITATION", "content": {"parts": [{"text": PROMPT}]}}]},
]
EMPTY: list[object] = [
    {"candidates": [{"finishReason": "NO_IMAGE"}]},
    {"candidates": [{"finishReason": "STOP", "content": {"parts": [{"text": "Which canary?"}]}}]},
    {"candidates": [{"finishReason": "STOP", "content": {"parts": [inline(b"no picture")]}}]},
    {"candidates": None},
    [],
    b"",
    b"<html>sign in</html>",
    b'{"candidates": [',
]


@pytest.mark.parametrize("body", REFUSALS)
async def test_a_refusal_is_one_whatever_the_status_says(google: FakeGoogle, gemini: Upstream, body: object) -> None:
    google.script.append(Scripted(body=body))
    with pytest.raises(ContentRefused) as caught:
        await gemini.generate(generation(PROMPT), unheard)
    assert PROMPT not in caught.value.detail


@pytest.mark.parametrize("body", EMPTY)
async def test_a_success_without_a_picture_is_none(google: FakeGoogle, gemini: Upstream, body: object) -> None:
    google.script.append(Scripted(body=body))
    with pytest.raises(EmptyAnswer):
        await gemini.generate(generation(PROMPT), unheard)


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7.5s"}
DAILY = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}],
}
FAILURES: list[tuple[Scripted, type[UpstreamError], float | None]] = [
    (error(400, "INVALID_ARGUMENT", "Multiple candidates is not enabled for this model"), Rejected, None),
    (error(400, "FAILED_PRECONDITION", "User location is not supported"), Rejected, None),
    (error(400, "INVALID_ARGUMENT", "It violates our Responsible AI practices"), ContentRefused, None),
    (error(403, "PERMISSION_DENIED"), Rejected, None),
    (error(404, "NOT_FOUND"), Rejected, None),
    (error(429, "RESOURCE_EXHAUSTED", "", RETRY), Refused, 7.5),
    (error(429, "RESOURCE_EXHAUSTED", "", DAILY, RETRY), Refused, 3600),
    (error(429, "RESOURCE_EXHAUSTED"), Refused, None),
    (Scripted(429, [{"error": {"status": "RESOURCE_EXHAUSTED", "details": [RETRY]}}]), Refused, 7.5),
    (error(500, "INTERNAL"), Refused, None),
    (error(503, "UNAVAILABLE", "The model is overloaded."), Refused, None),
    (error(504, "DEADLINE_EXCEEDED"), Ambiguous, None),
    (Scripted(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"}), Ambiguous, None),
    (Scripted(413, b"<html>Too Large</html>"), Rejected, None),
]


@pytest.mark.parametrize(("answer", "outcome", "wait"), FAILURES)
async def test_every_error_has_its_outcome(
    google: FakeGoogle, gemini: Upstream, answer: Scripted, outcome: type[UpstreamError], wait: float | None
) -> None:
    google.script.append(answer)
    with pytest.raises(UpstreamError) as caught:
        await gemini.generate(generation(PROMPT), unheard)
    assert type(caught.value) is outcome
    assert (caught.value.status, caught.value.retry_after) == (answer.status, wait)
    assert len(google.received) == 1  # the driver itself never asks twice


async def test_a_wrong_key_is_rejected(google: FakeGoogle) -> None:
    async with opened("gemini", **keys(google.address, api_key="not the key")) as upstream:
        with pytest.raises(Rejected, match="INVALID_ARGUMENT API_KEY_INVALID"):
            await upstream.generate(generation(), unheard)


@pytest.mark.parametrize("end", ["cut", "stalled"])
async def test_a_broken_answer_may_have_been_billed(google: FakeGoogle, end: Literal["cut", "stalled"]) -> None:
    google.script.append(Scripted(body=b'{"candidates"', end=end))
    async with opened("gemini", **keys(google.address, timeout=0.3)) as upstream:
        with pytest.raises(Ambiguous) as caught:
            await upstream.generate(generation(), unheard)
    assert caught.value.timed_out is (end == "stalled")


async def test_an_endless_answer_is_cut(google: FakeGoogle, gemini: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.upstreams.http.LARGEST_ANSWER", 2**20)
    google.script.append(Scripted(end="endless"))
    with pytest.raises(EmptyAnswer):
        await gemini.generate(generation(), unheard)


async def test_nobody_there_costs_nothing() -> None:
    async with opened("gemini", **keys("http://127.0.0.1:9")) as upstream:
        with pytest.raises(NotSent):
            await upstream.generate(generation(), unheard)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_the_key_not_sent_again(google: FakeGoogle, status: int) -> None:
    target = f"{google.address}/v1beta/models/{MODEL}"
    async with FakeGoogle().serving() as hostile, opened("gemini", **keys(hostile.address)) as upstream:
        hostile.script.extend([Scripted(status, headers={"Location": target})] * 2)
        with pytest.raises(Rejected):
            await upstream.edit(edition(plain()), unheard)
        with pytest.raises(Rejected):
            await upstream.probe()
    assert (len(hostile.received), google.received) == (2, [])


async def test_a_call_that_is_cancelled_hangs_up(google: FakeGoogle, gemini: Upstream) -> None:
    google.script.append(Scripted(end="stalled"))
    call = asyncio.ensure_future(gemini.generate(generation(), unheard))
    async with asyncio.timeout(5):
        while not google.received:  # noqa: ASYNC110 - what was received is a list
            await asyncio.sleep(0.001)
        call.cancel()
        await google.abandoned.wait()


async def test_neither_key_nor_prompt_shows(google: FakeGoogle, caplog: pytest.LogCaptureFixture) -> None:
    settings = GeminiSettings.model_validate({"driver": "gemini", **keys(google.address)})
    shown = [repr(settings), str(settings.model_dump()), settings.model_dump_json()]
    with caplog.at_level(logging.DEBUG):
        async with opened("gemini", **keys(google.address)) as upstream:
            shown.append(repr(upstream))
            for body in [*REFUSALS, *EMPTY]:
                google.script.append(Scripted(body=body))
                with pytest.raises(UpstreamError) as caught:
                    await upstream.generate(generation(PROMPT), unheard)
                shown += [repr(caught.value), caught.value.detail, repr(caught.value.__cause__)]
    everything = caplog.text + "".join(shown)
    assert API_KEY not in everything
    assert PROMPT not in everything


async def test_a_rehearsal_shows_the_request_without_key_and_pictures(google: FakeGoogle, gemini: Upstream) -> None:
    running = Rehearsal()
    token = rehearsal.set(running)
    try:
        with pytest.raises(NotSent):
            await gemini.edit(edition(plain(), prompt="make it blue"), unheard)
    finally:
        rehearsal.reset(token)
    [shown] = running.requests
    assert "bytes as base64" in shown.body
    assert "make it blue" in shown.body
    assert (API_KEY in str(running.requests), google.received) == (False, [])


async def test_what_it_can_do_is_data() -> None:
    async with opened("gemini", **keys("http://127.0.0.1:9", max_images=3)) as upstream:
        can = upstream.capabilities
    assert set(can.operations) == {Operation.GENERATE, Operation.EDIT}
    edit = can.operations[Operation.EDIT]
    assert (edit.masks, edit.max_images, edit.max_n, edit.output_formats) == (False, 3, 1, frozenset())
    assert can.extras == {"seed"}


async def test_it_has_no_upscaling(google: FakeGoogle, gemini: Upstream) -> None:
    picture = edition(plain()).images[0]
    with pytest.raises(Rejected):
        await gemini.upscale(UpscaleRequest(model="m", image=picture), unheard)
    assert google.received == []


async def test_a_request_that_google_would_refuse_is_not_sent(google: FakeGoogle) -> None:
    async with opened("gemini", **keys(google.address, max_request=1000)) as upstream:
        with pytest.raises(BadRequest, match="this backend takes 1000"):
            await upstream.edit(edition(photograph()), unheard)
    assert google.received == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("model", "models/gemini-3.1-flash-image"),
        ("model", "../../secrets"),
        ("model", "m:streamGenerateContent"),
        ("api_version", "v1/../v2"),
        ("base_url", "ftp://127.0.0.1"),
        ("response_modalities", ["TEXT"]),
        ("response_modalities", ["IMAGE", "AUDIO"]),
        ("image_size", "2k"),
        ("extras", ["negative_prompt"]),
        ("max_images", 0),
        ("unknown", 1),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        GeminiSettings.model_validate({"driver": "gemini", **keys("http://127.0.0.1:9"), key: value})
    assert [fault["loc"][0] for fault in caught.value.errors()] == [key]


@pytest.mark.parametrize("missing", ["model", "api_key"])
def test_model_and_key_have_no_default(missing: str) -> None:
    given = {name: value for name, value in keys("http://127.0.0.1:9").items() if name != missing}
    with pytest.raises(ValidationError, match=missing):
        GeminiSettings.model_validate({"driver": "gemini", **given})


def test_every_setting_is_on_its_page() -> None:
    page = PAGE.read_text()
    assert [name for name in GeminiSettings.model_fields if f"`{name}`" not in page] == []


def document(google: FakeGoogle) -> dict[str, Any]:
    return {
        "upstreams": {"cloud": {"driver": "gemini", **keys(google.address)}},
        "models": {"nano-banana": {"operations": ["generate", "edit"], "upstreams": ["cloud"]}},
    }


async def test_several_pictures_are_several_calls_and_the_format_is_made_here(
    google: FakeGoogle, start: StartGateway
) -> None:
    gateway = await start(document(google))
    order = {"prompt": "a cat", "n": 2, "aspect_ratio": "3:4", "output_format": "webp", "response_format": "url"}
    status, answer = await gateway.post("/v1/images/generations", json=order)
    assert (status, len(answer["data"]), len(google.received)) == (200, 2, 2)
    picture = await gateway.picture(answer["data"][0]["url"])
    assert (picture.format, picture.size) == ("WEBP", (48, 64))


async def test_a_refusal_reaches_the_client_as_the_contract_says(google: FakeGoogle, start: StartGateway) -> None:
    gateway = await start(document(google))
    google.script.append(Scripted(body=REFUSALS[0]))
    status, answer = await gateway.post("/v1/images/generations", json={"prompt": PROMPT})
    assert (status, answer["error"]["code"]) == (400, "content_policy_violation")
    assert len(google.received) == 1


async def test_a_mask_is_refused_before_anything_is_sent(google: FakeGoogle, start: StartGateway) -> None:
    gateway = await start(document(google))
    picture = base64.b64encode(plain()).decode()
    order = {"prompt": "a cat", "image": picture, "mask": picture}
    status, answer = await gateway.post("/v1/images/edits", json=order)
    assert (status, "takes no mask" in answer["error"]["message"]) == (400, True)
    assert google.received == []
