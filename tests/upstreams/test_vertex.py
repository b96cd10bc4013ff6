"""The Vertex driver against Google's API on loopback: both of its methods, and what becomes of every answer."""

from __future__ import annotations

import base64
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError
from support.drivers import edition, enlargement, generation, opened, unheard
from support.google import (
    API_KEY,
    TOKEN,
    TOKEN_PATH,
    FakeGoogle,
    Scripted,
    captured,
    comparable,
    error,
    service_account,
)
from support.samples import alpha_mask, decoded, plain, white_mask

from gateway.config_file import ConfigError
from gateway.errors import BadRequest
from gateway.images import AspectRatio, ImageFormat, Operation, UpscaleFactor
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
from gateway.upstreams.vertex import Method, VertexSettings

GEMINI = "gemini-3.1-flash-image"
GENERATE = "imagen-4.0-generate-001"
EDIT = "imagen-3.0-capability-001"
UPSCALE = "imagen-4.0-upscale-preview"
NOWHERE = "http://127.0.0.1:9"
PAGE = Path(__file__).parents[2] / "gateway" / "docs" / "backends" / "vertex.md"
PROMPT = "a canary in a coal mine"
BLUE = {"parameters": {"editConfig": {"baseSteps": 35}, "guidanceScale": 60.0}}


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().serving() as server:
        yield server


def keys(address: str, model: str, **others: Any) -> dict[str, Any]:
    return {"base_url": address, "project": "my-proj", "access_token": TOKEN, "model": model, **others}


def vertex(address: str, model: str, **others: Any) -> AbstractAsyncContextManager[Upstream]:
    return opened("vertex", **keys(address, model, **others))


def settings(**keys: object) -> VertexSettings:
    given = {"driver": "vertex", "project": "p", "access_token": "t", "model": GEMINI, **keys}
    return VertexSettings.model_validate({name: value for name, value in given.items() if value is not None})


async def test_content_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("vertex-generate-content-image")
    image = {"personGeneration": "ALLOW_ADULT", "imageOutputOptions": {"compressionQuality": 80}}
    given: dict[str, Any] = {
        "location": "us-central1",
        "image_size": "1K",
        "response_modalities": ["TEXT", "IMAGE"],
        "extra": {"generationConfig": {"imageConfig": image}},
    }
    request = edition(plain(), prompt="make it blue", ratio=AspectRatio.WIDE, output_format=ImageFormat.JPEG)
    async with vertex(google.address, GEMINI, **given) as upstream:
        [made] = await upstream.edit(request, unheard)
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)
    assert google.received[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert made.picture.format is ImageFormat.JPEG


async def test_express_mode_needs_a_key_and_no_project(google: FakeGoogle) -> None:
    path, body = captured("vertex-express-generate-content")
    given: dict[str, Any] = {"base_url": google.address, "model": GEMINI, "api_key": API_KEY, "image_size": "2K"}
    async with opened("vertex", **given, send_output_format=False) as upstream:
        await upstream.generate(generation("x", ratio=AspectRatio.WIDE), unheard)
    [request] = google.received
    assert (request.path, comparable(request.body)) == (path, body)
    assert (request.headers["x-goog-api-key"], "Authorization" in request.headers) == (API_KEY, False)


async def test_a_prediction_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("vertex-generate-images")
    told = {"safetySetting", "personGeneration", "includeSafetyAttributes", "language", "addWatermark", "enhancePrompt"}
    extra = {name: value for name, value in body["parameters"].items() if name in told}
    given: dict[str, Any] = {
        "image_size": "2K",
        "extras": ["seed", "negative_prompt"],
        "extra": {"parameters": {**extra, "outputOptions": {"compressionQuality": 80}}},
    }
    extras = {"seed": "7", "negative_prompt": "blur"}
    request = generation("A red apple", n=4, ratio=AspectRatio.WIDE, output_format=ImageFormat.JPEG, extras=extras)
    async with vertex(google.address, GENERATE, **given) as upstream:
        made = await upstream.generate(request, unheard)
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)
    assert len(made) == 4


async def test_an_edit_with_a_mask_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("vertex-edit-image-mask")
    request = edition(plain(), prompt="a blue hat", mask=white_mask((64, 48), (8, 8, 16, 16)), n=2)
    async with vertex(google.address, EDIT, extra=BLUE) as upstream:
        made = await upstream.edit(request, unheard)
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)
    assert [(one.picture.width, one.picture.height) for one in made] == [(64, 48)] * 2


async def test_an_edit_without_a_mask_is_what_googles_own_client_sends(google: FakeGoogle) -> None:
    path, body = captured("vertex-edit-image-nomask")
    async with vertex(google.address, EDIT, send_output_format=False) as upstream:
        await upstream.edit(edition(plain(), prompt="a blue hat"), unheard)
    body["parameters"]["includeRaiReason"] = True  # else what is filtered is missing in silence
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)


@pytest.mark.parametrize(
    ("factor", "name"), [(UpscaleFactor.X2, "vertex-upscale-x2"), (UpscaleFactor.X4, "vertex-upscale-x4")]
)
async def test_an_upscale_is_what_googles_own_client_sends(
    google: FakeGoogle, factor: UpscaleFactor, name: str
) -> None:
    path, body = captured(name)
    upscaling = {"enhanceInputImage": True, "imagePreservationFactor": 0.6}
    extra = {"parameters": {"upscaleConfig": upscaling, "outputOptions": {"compressionQuality": 80}}}
    request = enlargement(plain((64, 48)), factor, output_format=ImageFormat.JPEG)
    async with vertex(google.address, UPSCALE, extra=extra) as upstream:
        [made] = await upstream.upscale(request, unheard)
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)
    assert (made.picture.width, made.picture.format) == (64 * factor.times, ImageFormat.JPEG)


async def test_the_smallest_upscale_says_little_more(google: FakeGoogle) -> None:
    path, body = captured("vertex-upscale-minimal")
    async with vertex(google.address, UPSCALE, send_output_format=False) as upstream:
        await upstream.upscale(enlargement(plain()), unheard)
    body["parameters"]["includeRaiReason"] = True
    assert (google.received[0].path, comparable(google.received[0].body)) == (path, body)


@pytest.mark.parametrize(("asked", "sent"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/png")])
@pytest.mark.parametrize("model", [GEMINI, GENERATE])
async def test_what_is_converted_here_comes_without_loss(google: FakeGoogle, model: str, asked: str, sent: str) -> None:
    async with vertex(google.address, model) as upstream:
        [made] = await upstream.generate(generation(output_format=ImageFormat(asked)), unheard)
    assert f"'mimeType': '{sent}'" in str(google.received[0].body)
    assert made.picture.format.mime == sent


@pytest.mark.parametrize("mask", [white_mask((64, 48), (8, 8, 16, 16)), alpha_mask((64, 48), (8, 8, 16, 16))])
async def test_white_is_where_the_picture_may_change(google: FakeGoogle, mask: bytes) -> None:
    async with vertex(google.address, EDIT, mask_dilation=0.05) as upstream:
        await upstream.edit(edition(plain(), mask=mask), unheard)
    _, reference = google.received[0].body["instances"][0]["referenceImages"]
    sent = decoded(base64.b64decode(reference["referenceImage"]["bytesBase64Encoded"]))
    assert (sent.mode, sent.getpixel((10, 10)), sent.getpixel((40, 40))) == ("L", 255, 0)
    assert reference["maskImageConfig"]["dilation"] == 0.05


async def test_imagen_is_given_png_and_jpeg_only(google: FakeGoogle) -> None:
    async with vertex(google.address, UPSCALE) as upstream:
        await upstream.upscale(enlargement(plain(form="WEBP")), unheard)
    assert google.received[0].body["instances"][0]["image"]["mimeType"] == "image/png"


async def test_an_upscale_that_would_be_too_large_is_refused_by_name(google: FakeGoogle) -> None:
    async with vertex(google.address, UPSCALE, max_output_pixels=40_000) as upstream:
        await upstream.upscale(enlargement(plain((100, 100))), unheard)
        with pytest.raises(BadRequest, match="404x400; this backend makes 40000 pixels") as caught:
            await upstream.upscale(enlargement(plain((101, 100)), UpscaleFactor.X4), unheard)
    assert (caught.value.param, len(google.received)) == ("image", 1)


def test_the_limit_is_the_one_that_google_names() -> None:
    assert settings(model=UPSCALE).max_output_pixels == 17_000_000


async def test_a_picture_of_too_many_bytes_is_refused_before_it_is_sent(google: FakeGoogle) -> None:
    async with vertex(google.address, UPSCALE, max_input=100) as upstream:
        with pytest.raises(BadRequest, match="this backend takes 100"):
            await upstream.upscale(enlargement(plain()), unheard)
    assert google.received == []


async def test_a_filtered_picture_is_refused_and_the_others_are_given(google: FakeGoogle) -> None:
    filtered = {"raiFilteredReason": "Unable to show generated images. Support codes: 58061214"}
    one = {"mimeType": "image/png", "bytesBase64Encoded": base64.b64encode(plain()).decode(), "prompt": "better"}
    google.script.extend([Scripted(body={"predictions": [filtered, one]}), Scripted(body={"predictions": [filtered]})])
    async with vertex(google.address, GENERATE) as upstream:
        [made] = await upstream.generate(generation(n=2), unheard)
        with pytest.raises(ContentRefused, match="58061214"):
            await upstream.generate(generation(), unheard)
    assert made.revised_prompt == "better"


CONTENT_REFUSED: list[object] = [
    {"promptFeedback": {"blockReason": "MODEL_ARMOR", "blockReasonMessage": PROMPT}},
    {"promptFeedback": {"blockReason": "JAILBREAK"}},
    {"candidates": [{"finishReason": "IMAGE_PROHIBITED_CONTENT", "finishMessage": PROMPT}]},
]
EMPTY: list[object] = [
    {},
    [],
    {"predictions": []},
    {"candidates": [{"finishReason": "NO_IMAGE"}]},
    b"",
    b"<html>",
    b"{",
]


@pytest.mark.parametrize("body", CONTENT_REFUSED)
async def test_a_refusal_inside_a_success_is_one(google: FakeGoogle, body: object) -> None:
    google.script.append(Scripted(body=body))
    async with vertex(google.address, GEMINI) as upstream:
        with pytest.raises(ContentRefused):
            await upstream.generate(generation(PROMPT), unheard)


@pytest.mark.parametrize("body", EMPTY)
@pytest.mark.parametrize("model", [GEMINI, GENERATE])
async def test_a_success_without_a_picture_is_none(google: FakeGoogle, model: str, body: object) -> None:
    google.script.append(Scripted(body=body))
    async with vertex(google.address, model) as upstream:
        with pytest.raises(EmptyAnswer):
            await upstream.generate(generation(), unheard)


RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12s"}
FAILURES: list[tuple[Scripted, type[UpstreamError], float | None]] = [
    (error(400, "INVALID_ARGUMENT", "Invalid image size"), Rejected, None),
    (
        error(400, "INVALID_ARGUMENT", "The prompt violates ... usage guidelines. Support codes: 1"),
        ContentRefused,
        None,
    ),
    (error(401, "UNAUTHENTICATED"), Rejected, None),
    (error(403, "PERMISSION_DENIED", "Vertex AI API has not been used in project"), Rejected, None),
    (error(404, "NOT_FOUND"), Rejected, None),
    (error(429, "RESOURCE_EXHAUSTED", "Quota exceeded", RETRY), Refused, 12),
    (Scripted(429, b"", {"Retry-After": "9"}), Refused, 9),
    (error(500, "INTERNAL"), Refused, None),
    (Scripted(503, b"<html>", {"Content-Type": "text/html"}), Refused, None),
    (error(504, "DEADLINE_EXCEEDED"), Ambiguous, None),
]


@pytest.mark.parametrize(("answer", "outcome", "wait"), FAILURES)
async def test_every_error_has_its_outcome(
    google: FakeGoogle, answer: Scripted, outcome: type[UpstreamError], wait: float | None
) -> None:
    google.script.append(answer)
    async with vertex(google.address, UPSCALE) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.upscale(enlargement(plain()), unheard)
    assert type(caught.value) is outcome
    assert (caught.value.status, caught.value.retry_after, len(google.received)) == (answer.status, wait, 1)


@pytest.mark.parametrize("end", ["cut", "stalled"])
async def test_a_broken_answer_may_have_been_billed(google: FakeGoogle, end: Literal["cut", "stalled"]) -> None:
    google.script.append(Scripted(body=b'{"predictions"', end=end))
    async with vertex(google.address, GENERATE, timeout=0.3) as upstream:
        with pytest.raises(Ambiguous) as caught:
            await upstream.generate(generation(), unheard)
    assert caught.value.timed_out is (end == "stalled")


async def test_nobody_there_costs_nothing() -> None:
    async with vertex(NOWHERE, GEMINI) as upstream:
        with pytest.raises(NotSent):
            await upstream.generate(generation(), unheard)


async def test_a_redirect_is_not_followed_and_the_token_not_sent_again(google: FakeGoogle) -> None:
    target = f"{google.address}/v1beta1/publishers/google/models/{GEMINI}"
    async with FakeGoogle().serving() as hostile, vertex(hostile.address, GEMINI) as upstream:
        hostile.script.extend([Scripted(307, headers={"Location": target})] * 2)
        with pytest.raises(Rejected):
            await upstream.edit(edition(plain()), unheard)
        with pytest.raises(Rejected):
            await upstream.probe()
    assert (len(hostile.received), google.received) == (2, [])


async def test_a_probe_asks_for_the_published_model_and_is_not_billed(google: FakeGoogle) -> None:
    async with vertex(google.address, UPSCALE, quota_project="payer") as upstream:
        await upstream.probe()
        google.gone.add(UPSCALE)
        with pytest.raises(Rejected):
            await upstream.probe()
    request = google.received[0]
    assert (request.method, request.path) == ("GET", f"/v1beta1/publishers/google/models/{UPSCALE}")
    assert request.headers["x-goog-user-project"] == "payer"


def account(google: FakeGoogle, **others: Any) -> AbstractAsyncContextManager[Upstream]:
    """An upstream with a service account's key instead of a token."""
    key = service_account(google.address + TOKEN_PATH)
    given = {"base_url": google.address, "project": "my-proj", "model": GEMINI, "credentials": key, **others}
    return opened("vertex", **given)


async def test_a_service_account_asks_for_one_token_and_keeps_it(google: FakeGoogle) -> None:
    async with account(google) as upstream:
        await upstream.generate(generation(), unheard)
        await upstream.probe()
    assert [request.path == TOKEN_PATH for request in google.received] == [True, False, False]
    assert google.received[1].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_a_token_that_google_refuses_is_replaced_by_the_next_call(google: FakeGoogle) -> None:
    async with account(google) as upstream:
        google.tokens = {"ya29.second"}
        with pytest.raises(Rejected, match="UNAUTHENTICATED"):
            await upstream.generate(generation(), unheard)
        google.script.append(Scripted(body={"access_token": "ya29.second", "expires_in": 3599}))
        assert await upstream.generate(generation(), unheard)
    asked = [request.path for request in google.received]
    assert [path == TOKEN_PATH for path in asked] == [True, False, True, False]


async def test_a_revoked_key_is_an_outcome(google: FakeGoogle) -> None:
    google.script.append(Scripted(400, {"error": "invalid_grant"}))
    async with account(google) as upstream:
        with pytest.raises(Rejected, match="invalid_grant"):
            await upstream.generate(generation(), unheard)


async def test_what_is_no_key_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"upstreams\.backend\.credentials: not a credentials file"):
        async with opened("vertex", project="p", model=GEMINI, credentials='{"type": "canary"}'):
            pass


async def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)
    monkeypatch.delitem(sys.modules, "gateway.upstreams.google_credentials", raising=False)
    monkeypatch.delattr("gateway.upstreams.google_credentials", raising=False)
    with pytest.raises(ConfigError, match=r"nano-banana-gateway\[vertex\]"):
        async with opened("vertex", project="p", model=GEMINI):
            pass


async def test_no_secret_shows(google: FakeGoogle, caplog: pytest.LogCaptureFixture) -> None:
    key = service_account(google.address + TOKEN_PATH)
    shown = [repr(settings(access_token=None, credentials=key)), repr(settings(api_key=API_KEY, access_token=None))]
    with caplog.at_level(logging.DEBUG):
        async with account(google) as upstream:
            shown.append(repr(upstream))
            await upstream.probe()
            for body in [*CONTENT_REFUSED, *EMPTY]:
                google.script.append(Scripted(body=body))
                with pytest.raises(UpstreamError) as caught:
                    await upstream.generate(generation(PROMPT), unheard)
                shown += [repr(caught.value), caught.value.detail, repr(caught.value.__cause__)]
    everything = caplog.text + "".join(shown)
    assert [secret for secret in (TOKEN, API_KEY, "PRIVATE KEY", PROMPT) if secret in everything] == []


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("global", "https://aiplatform.googleapis.com"),
        ("us-central1", "https://us-central1-aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
        ("us", "https://aiplatform.us.rep.googleapis.com"),
    ],
)
def test_the_location_gives_the_address(location: str, address: str) -> None:
    assert settings(location=location).address == address
    assert (
        settings(location=location, base_url="https://proxy.example/vertex/").address == "https://proxy.example/vertex"
    )


@pytest.mark.parametrize(
    ("model", "method", "operations", "location"),
    [
        (GEMINI, Method.GENERATE_CONTENT, {Operation.GENERATE, Operation.EDIT}, "global"),
        (GENERATE, Method.PREDICT, {Operation.GENERATE}, "us-central1"),
        (EDIT, Method.PREDICT, {Operation.EDIT}, "us-central1"),
        (UPSCALE, Method.PREDICT, {Operation.UPSCALE}, "us-central1"),
        ("our-own-model", Method.GENERATE_CONTENT, {Operation.GENERATE, Operation.EDIT}, "global"),
    ],
)
def test_the_name_of_a_model_gives_the_defaults(model: str, method: str, operations: set[str], location: str) -> None:
    found = settings(model=model)
    assert (found.method, set(found.operations), found.location) == (method, operations, location)


def test_what_is_written_wins_over_the_name_of_the_model() -> None:
    found = settings(model=UPSCALE, location="europe-west4", operations=["generate"])
    assert (found.location, set(found.operations)) == ("europe-west4", {Operation.GENERATE})


@pytest.mark.parametrize(
    ("model", "operation", "masks", "most"),
    [
        (GEMINI, Operation.EDIT, False, 1),
        (GEMINI, Operation.GENERATE, False, 1),
        (GENERATE, Operation.GENERATE, False, 4),
        (EDIT, Operation.EDIT, True, 4),
        (UPSCALE, Operation.UPSCALE, False, 1),
    ],
)
async def test_what_it_can_do_is_data(model: str, operation: Operation, most: int, *, masks: bool) -> None:
    async with vertex(NOWHERE, model) as upstream:
        can = upstream.capabilities.operations[operation]
    assert (can.masks, can.max_n) == (masks, most)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"project": None}, "project is required"),
        ({"api_key": "k"}, "one of credentials_file, access_token and api_key"),
        ({"credentials": "{}"}, "one of credentials_file, access_token and api_key"),
        ({"operations": ["upscale"]}, "generateContent cannot upscale"),
        ({"extras": ["negative_prompt"]}, "takes no negative_prompt"),
        ({"location": "evil.example/"}, "location"),
        ({"project": "../x"}, "project"),
        ({"method": "rawPredict"}, "method"),
        ({"mask_dilation": 2}, "mask_dilation"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**given)


def test_every_setting_is_on_its_page() -> None:
    page = PAGE.read_text()
    assert [name for name in VertexSettings.model_fields if f"`{name}`" not in page] == []
