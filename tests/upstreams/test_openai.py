"""The driver for OpenAI's images API and its look-alikes: what goes out, and what comes back."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer
from PIL import Image
from pydantic import ValidationError
from support.backend import backend
from support.drivers import edition, enlargement, generation, opened, unheard
from support.samples import plain

from gateway.errors import BadRequest
from gateway.images import AspectRatio, ImageFormat, Operation, UpscaleFactor
from gateway.upstreams.base import Ambiguous, ContentRefused, EmptyAnswer, Progress, Refused, Rejected
from gateway.upstreams.openai import UpscaleSettings
from gateway.upstreams.openai_presets import PRESETS

CAPTURES = Path(__file__).parent / "captures"
PICTURE = base64.b64encode(plain((64, 64))).decode()
KEY = "sk-canary"


@dataclass
class Seen:
    """A server that keeps what it was sent and answers as told."""

    answer: Any = field(default_factory=lambda: {"created": 1, "data": [{"b64_json": PICTURE}]})
    status: int = 200
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Name, type and bytes of the parts that are files."""
    address: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.path, self.headers = request.path_qs, dict(request.headers)
        if request.content_type == "application/json":
            self.fields = await request.json()
        elif request.can_read_body:
            await self._read_form(request)
        if isinstance(self.answer, bytes):
            return web.Response(body=self.answer, content_type="text/event-stream")
        return web.json_response(self.answer, status=self.status)

    async def _read_form(self, request: web.Request) -> None:
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            data = bytes(await part.read())
            if part.filename:
                self.files.append((str(part.name), part.headers["Content-Type"], data))
            else:
                self.fields[str(part.name)] = data.decode()


@pytest.fixture
async def seen() -> AsyncIterator[Seen]:
    server = Seen()
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", server.handle)
    async with TestServer(app) as running:
        server.address = str(running.make_url("/v1"))
        yield server


def captured(name: str) -> Any:
    return json.loads((CAPTURES / f"{name}.json").read_text())


def keys(seen: Seen, **more: Any) -> dict[str, Any]:
    return {"base_url": seen.address, "api_key": KEY, "model": "gpt-image-2.5-flare", **more}


async def test_a_generation_is_what_the_official_client_sends(seen: Seen) -> None:
    sample = captured("openai-images-generate")["body"]
    extras = {name: sample[name] for name in ("background", "moderation", "output_compression", "quality", "user")}
    sizes = {"16:9": sample["size"]}
    order = generation("a red apple", n=2, ratio=AspectRatio.WIDE, output_format=ImageFormat.WEBP, extras=extras)
    async with opened("openai", **keys(seen, sizes=sizes, extras=[*extras])) as driver:
        await driver.generate(order, unheard)
    assert seen.fields == sample
    assert seen.path == "/v1/images/generations"
    assert seen.headers["Authorization"] == f"Bearer {KEY}"


async def test_an_edit_is_what_the_official_client_sends(seen: Seen) -> None:
    sample = {part["name"]: part for part in captured("openai-images-edit-mask")["body"]}
    texts = {name: part["value"] for name, part in sample.items() if "filename" not in part}
    del texts["size"]  # `auto` is what the server takes when nothing is said
    extras = {"quality": "high", "input_fidelity": "high"}
    order = edition(plain((32, 32)), prompt="make it blue", mask=plain((32, 32), "white"), extras=extras)
    async with opened("openai", **keys(seen, image_field="image")) as driver:
        await driver.edit(order, unheard)
    assert seen.fields == texts
    assert [(name, kind) for name, kind, _ in seen.files] == [("image", "image/png"), ("mask", "image/png")]


async def test_several_pictures_go_as_a_list(seen: Seen) -> None:
    names = [part["name"] for part in captured("openai-images-edit-list")["body"] if "filename" in part]
    order = edition(*(plain((32, 32), colour) for colour in ("red", "lime")))
    async with opened("openai", **keys(seen)) as driver:
        await driver.edit(order, unheard)
    assert [name for name, _, _ in seen.files] == names == ["image[]", "image[]"]


async def test_azure_takes_its_key_and_version_as_its_client_sends_them(seen: Seen) -> None:
    sample = captured("azure-images-generate")
    base = seen.address.replace("/v1", "/openai/deployments/my-deploy")
    version = sample["path"].partition("api-version=")[2]
    more = {"preset": "azure", "base_url": base, "api_version": version, "model": "my-deploy"}
    async with opened("openai", **{**keys(seen), **more}) as driver:
        await driver.generate(generation(), unheard)
    assert seen.path == sample["path"]
    assert seen.headers["api-key"] == KEY
    assert "Authorization" not in seen.headers


@pytest.mark.parametrize(
    ("preset", "wanted"),
    [
        ("openai", {"size": "1536x864"}),
        ("localai", {"size": "1792x1024", "response_format": "b64_json"}),
        ("stable-diffusion.cpp", {"size": "1792x1024"}),
        ("vllm-omni", {"size": "1792x1024", "response_format": "b64_json"}),
        ("sglang", {"size": "1792x1024", "response_format": "b64_json"}),
        ("xai", {"aspect_ratio": "16:9", "response_format": "b64_json"}),
        ("together", {"width": 1792, "height": 1024, "response_format": "base64"}),
    ],
)
async def test_a_preset_says_ratio_and_form_as_its_server_wants(seen: Seen, preset: str, wanted: Any) -> None:
    order = generation(ratio=AspectRatio.WIDE)
    async with opened("openai", **keys(seen, preset=preset)) as driver:
        await driver.generate(order, unheard)
    shape = {"size", "aspect_ratio", "width", "height", "response_format"}
    assert {name: value for name, value in seen.fields.items() if name in shape} == wanted


def test_every_preset_is_tried() -> None:
    assert {*PRESETS} == {
        "openai", "azure", "localai", "stable-diffusion.cpp", "vllm-omni", "sglang", "xai", "together",
    }  # fmt: skip


@pytest.mark.parametrize(("polarity", "changed"), [("transparent", (0, 0, 0, 0)), ("white", 255)])
async def test_the_mask_says_change_as_the_server_understands_it(seen: Seen, polarity: str, changed: Any) -> None:
    order = edition(plain((32, 32)), mask=plain((32, 32), "white"))
    async with opened("openai", **keys(seen, mask=polarity)) as driver:
        await driver.edit(order, unheard)
    (mask,) = [data for name, _, data in seen.files if name == "mask"]
    assert Image.open(io.BytesIO(mask)).getpixel((5, 5)) == changed


async def test_localai_upscales_by_its_own_route(seen: Seen) -> None:
    async with opened("openai", **keys(seen, preset="localai")) as driver:
        await driver.upscale(enlargement(plain((32, 32)), UpscaleFactor.X4), unheard)
    assert (seen.path, seen.fields["scale"]) == ("/v1/images/upscale", "4")


async def test_a_picture_that_would_become_too_large_is_refused_before_anybody_is_asked(seen: Seen) -> None:
    async with opened("openai", **keys(seen, preset="localai")) as driver:
        with pytest.raises(BadRequest, match="at most 4000000 pixels"):
            await driver.upscale(enlargement(plain((600, 600)), UpscaleFactor.X4), unheard)
    assert seen.path == ""


async def test_openai_itself_cannot_upscale(seen: Seen) -> None:
    async with opened("openai", **keys(seen)) as driver:
        assert Operation.UPSCALE not in driver.capabilities.operations


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, {"error": {"message": KEY, "code": "moderation_blocked"}}, ContentRefused),
        (400, {"error": {"message": "x", "code": "content_policy_violation"}}, ContentRefused),
        (400, {"error": {"code": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}, ContentRefused),
        (400, {"error": {"message": "bad size", "code": None}}, Rejected),
        (401, {"error": {"code": "invalid_api_key"}}, Rejected),
        (404, {"detail": "Not Found"}, Rejected),
        (422, {"detail": [{"loc": ["body"], "msg": "x", "type": "missing"}]}, Rejected),
        (429, {"error": {"code": "insufficient_quota"}}, Rejected),
        (429, {"error": {"code": "rate_limit_exceeded"}}, Refused),
        (500, {"error": "server_error", "message": "x"}, Refused),
        (502, None, Ambiguous),
        (503, {"error": {"message": "loading", "code": 503}}, Refused),
        (504, None, Ambiguous),
        (200, {"created": 1, "data": []}, None),
        (200, {"created": 1, "data": None}, EmptyAnswer),
        (200, {"created": 1}, EmptyAnswer),
        (200, {"data": [{"revised_prompt": "x"}]}, EmptyAnswer),
        (200, {"data": [{"b64_json": "bm8gcGljdHVyZQ=="}]}, EmptyAnswer),
        (200, {"data": [{"b64_json": "%%%"}]}, EmptyAnswer),
        (200, [], EmptyAnswer),
    ],
)  # fmt: skip
async def test_each_answer_has_its_outcome(seen: Seen, status: int, body: Any, outcome: type[Exception] | None) -> None:
    seen.status, seen.answer = status, body
    async with opened("openai", **keys(seen)) as driver:
        if outcome is None:
            assert await driver.generate(generation(), unheard) == ()
            return
        with pytest.raises(outcome) as caught:
            await driver.generate(generation(), unheard)
    assert KEY not in f"{caught.value!r} {caught.value.__dict__}"


@pytest.mark.parametrize("text", [PICTURE, f"data:image/png;base64,{PICTURE}", PICTURE.rstrip("="), PICTURE + "\n"])
async def test_base64_is_taken_as_servers_write_it(seen: Seen, text: str) -> None:
    seen.answer = {"data": [{"b64_json": text, "revised_prompt": "a revised one"}]}
    async with opened("openai", **keys(seen)) as driver:
        (made,) = await driver.generate(generation(), unheard)
    assert (made.picture.width, made.picture.height, made.revised_prompt) == (64, 64, "a revised one")


def event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\r\ndata: {json.dumps({'type': kind, **fields})}\r\n\r\n".encode()


STREAM = (
    b": ping\n\n"
    + event("image_generation.partial_image", b64_json=PICTURE, partial_image_index=0)
    + event("image_generation.completed", b64_json=PICTURE, revised_prompt="seen", usage={})
    + b"data: [DONE]\n\n"
)


async def test_a_stream_is_asked_for_as_the_official_client_does(seen: Seen) -> None:
    sample = captured("openai-images-generate-stream")["body"]
    seen.answer = STREAM
    order = generation("a red apple", stream=True, extras={"partial_images": 1})
    async with opened("openai", **keys(seen, stream=True, send_output_format=False)) as driver:
        await driver.generate(order, unheard)
    assert seen.fields == {**sample, "n": 1}


async def test_partial_pictures_are_passed_on(seen: Seen) -> None:
    seen.answer = STREAM
    told: list[Progress] = []
    async with opened("openai", **keys(seen, stream=True)) as driver:
        made = await driver.generate(generation(stream=True), told.append)
    assert [progress.preview is not None for progress in told] == [True]
    assert [picture.revised_prompt for picture in made] == ["seen"]


async def test_an_extra_of_a_form_goes_out_with_its_type(seen: Seen) -> None:
    extras = {"output_compression": "50", "quality": "high", "safety_identifier": "1832"}
    async with opened("openai", **keys(seen)) as driver:
        await driver.generate(generation(extras=extras), unheard)
    assert {name: seen.fields[name] for name in extras} == {**extras, "output_compression": 50}


async def test_what_is_no_text_is_json_in_a_form(seen: Seen) -> None:
    extra = {"loras": [{"name": "line-art", "on": True}], "upscale": False, "steps": 4}
    async with opened("openai", **keys(seen, extra=extra)) as driver:
        await driver.edit(edition(plain((32, 32))), unheard)
    assert {name: seen.fields[name] for name in extra} == {
        "loras": '[{"name": "line-art", "on": true}]',
        "upscale": "false",
        "steps": "4",
    }


async def test_a_client_that_does_not_stream_gets_an_ordinary_call(seen: Seen) -> None:
    async with opened("openai", **keys(seen, stream=True)) as driver:
        await driver.generate(generation(extras={"partial_images": 1}), unheard)
    assert {"stream", "partial_images"} & seen.fields.keys() == set()


async def test_a_server_that_ignores_the_stream_is_understood(seen: Seen) -> None:
    async with opened("openai", **keys(seen, stream=True)) as driver:
        assert len(await driver.generate(generation(stream=True), unheard)) == 1


PREVIEW = event("image_generation.partial_image", b64_json=PICTURE, partial_image_index=0)
FINISHED = event("image_generation.completed", b64_json=PICTURE)
UNREADABLE = event("image_generation.completed", b64_json="bm9uZQ==")
FAILURE = event("error", error={"code": "server_error", "message": "x"})


async def test_one_bad_picture_does_not_cost_its_siblings(seen: Seen) -> None:
    bad = [{}, {"b64_json": "bm9uZQ=="}, {"url": "http://127.0.0.1:9/one.png"}]
    seen.answer = {"created": 1, "data": [bad[0], {"b64_json": PICTURE, "revised_prompt": "seen"}, *bad[1:]]}
    async with opened("openai", **keys(seen)) as driver:
        made = await driver.generate(generation(n=4), unheard)
    assert [picture.revised_prompt for picture in made] == ["seen"]


@pytest.mark.parametrize(
    "stream",
    [
        PREVIEW + FINISHED + FAILURE,
        FINISHED + event("error", error={"code": "moderation_blocked", "message": "x"}),
        FINISHED + UNREADABLE,
        UNREADABLE + FINISHED,
        event("image_generation.partial_image", b64_json="bm9uZQ==", partial_image_index=0) + FINISHED,
    ],
)
async def test_a_picture_that_a_stream_finished_is_handed_out_whatever_follows(seen: Seen, stream: bytes) -> None:
    seen.answer = stream
    async with opened("openai", **keys(seen, stream=True)) as driver:
        assert len(await driver.generate(generation(stream=True, n=2), unheard)) == 1


@pytest.mark.parametrize(("told", "finished"), [(FINISHED, 1), (PREVIEW, None), (UNREADABLE, None)])
async def test_of_a_stream_that_breaks_the_finished_pictures_stay(told: bytes, finished: int | None) -> None:
    async def breaks(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(told)
        assert request.transport is not None
        request.transport.close()
        return response

    async with backend(breaks) as server, opened("openai", base_url=server.address, model="m", stream=True) as driver:
        if finished is None:
            with pytest.raises(Ambiguous):
                await driver.generate(generation(stream=True), unheard)
        else:
            assert len(await driver.generate(generation(stream=True), unheard)) == finished


@pytest.mark.parametrize(
    ("stream", "outcome"),
    [
        (PREVIEW, Ambiguous),
        (PREVIEW + FAILURE, Ambiguous),
        (UNREADABLE + FAILURE, Ambiguous),
        (UNREADABLE, EmptyAnswer),
        (PREVIEW + event("error", error={"code": "moderation_blocked", "message": "x"}), ContentRefused),
        (event("error", error={"code": "moderation_blocked", "message": "x"}), ContentRefused),
        (FAILURE, Refused),
    ],
)
async def test_a_stream_that_fails_has_its_outcome(seen: Seen, stream: bytes, outcome: type[Exception]) -> None:
    seen.answer = stream
    async with opened("openai", **keys(seen, stream=True)) as driver:
        with pytest.raises(outcome):
            await driver.generate(generation(stream=True), unheard)


async def test_the_probe_finds_a_missing_model(seen: Seen) -> None:
    seen.answer = {"object": "list", "data": [{"id": "another"}]}
    async with opened("openai", **keys(seen)) as driver:
        with pytest.raises(Rejected, match="not among those listed"):
            await driver.probe()
        seen.answer = {"object": "list", "data": [{"id": "gpt-image-2.5-flare"}]}
        await driver.probe()


@pytest.mark.parametrize("value", ["{m}", "{", "{n.times}", "x{0}", "{n[0]}"])
def test_a_factor_that_could_not_be_written_is_a_fault_of_the_configuration(value: str) -> None:
    with pytest.raises(ValidationError, match="stands for the factor"):
        UpscaleSettings(value=value)
