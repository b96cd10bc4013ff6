"""A peer with our own API: what it is asked, and what its answers and failures mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.backend import backend, says
from support.drivers import edition, enlargement, generation, opened, unheard
from support.painter import Painter, painting
from support.samples import alpha_mask, data_url, decoded, plain, quarters, text, white_mask

from gateway.errors import BadRequest
from gateway.hops import current_hops
from gateway.images import AspectRatio, ImageFormat, Operation, UpscaleFactor
from gateway.inputs.fetch import GuardedFetch
from gateway.upstreams.base import (
    Ambiguous,
    ContentRefused,
    EmptyAnswer,
    NotSent,
    Refused,
    Rejected,
    UpstreamError,
)
from gateway.upstreams.http import UpstreamHttp


@pytest.fixture
async def peer() -> AsyncIterator[Painter]:
    async with painting() as painter:
        yield painter


async def test_a_generation_is_asked_for_in_our_own_words(peer: Painter) -> None:
    order = generation("a lighthouse", n=3, ratio=AspectRatio.WIDE, output_format=ImageFormat.WEBP)

    async with opened("nanobanana", base_url=peer.address) as upstream:
        made = await upstream.generate(order, unheard)

    assert len(made) == 3
    assert peer.asked[0].path == "/images/generations"
    assert peer.asked[0].fields == {
        "prompt": "a lighthouse",
        "n": 3,
        "aspect_ratio": "16:9",
        "size": "1792x1024",
        "model": "nano-banana",
        "output_format": "webp",
        "response_format": "b64_json",
    }


async def test_an_edit_sends_its_pictures_as_files_in_their_order(peer: Painter) -> None:
    first, second = quarters((64, 48)), plain((32, 32), form="JPEG")

    async with opened("nanobanana", base_url=peer.address) as upstream:
        await upstream.edit(edition(first, second, n=2), unheard)

    asked = peer.asked[0]
    assert (asked.path, asked.files) == ("/images/edits", (("image", first), ("image", second)))
    assert (asked.fields["prompt"], asked.fields["n"]) == ("let it snow", "2")
    assert not {"aspect_ratio", "size"} & asked.fields.keys()


@pytest.mark.parametrize(
    "mask", [alpha_mask((64, 48), (0, 0, 32, 48)), white_mask((64, 48), (0, 0, 32, 48))], ids=["alpha", "white"]
)
async def test_a_mask_goes_out_transparent_where_the_picture_may_change(peer: Painter, mask: bytes) -> None:
    async with opened("nanobanana", base_url=peer.address) as upstream:
        await upstream.edit(edition(quarters((64, 48)), mask=mask), unheard)

    name, data = peer.asked[0].files[1]
    alpha = decoded(data).getchannel("A")
    assert (name, alpha.getpixel((10, 10)), alpha.getpixel((50, 10))) == ("mask", 0, 255)


async def test_an_upscale_names_its_factor(peer: Painter) -> None:
    async with opened("nanobanana", base_url=peer.address) as upstream:
        await upstream.upscale(enlargement(plain(), UpscaleFactor.X4), unheard)

    asked = peer.asked[0]
    assert (asked.path, asked.fields["upscale_factor"]) == ("/images/upscale", "x4")
    assert asked.fields["model"] == "imagen-4.0-upscale-preview"


async def test_a_picture_that_would_become_too_large_is_refused_before_anybody_is_asked(peer: Painter) -> None:
    async with opened("nanobanana", base_url=peer.address) as upstream:
        with pytest.raises(BadRequest, match="at most 4000000 pixels"):
            await upstream.upscale(enlargement(plain((600, 600)), UpscaleFactor.X4), unheard)

    assert peer.asked == []


async def test_the_peer_may_have_other_names_for_its_models(peer: Painter) -> None:
    async with opened("nanobanana", base_url=peer.address, model="painter", upscale_model="enlarger") as upstream:
        await upstream.generate(generation(), unheard)
        await upstream.edit(edition(plain()), unheard)
        await upstream.upscale(enlargement(plain()), unheard)

    assert [asked.fields["model"] for asked in peer.asked] == ["painter", "painter", "enlarger"]


async def test_known_extras_are_passed_on_and_configured_fields_always(peer: Painter) -> None:
    order = generation(extras={"seed": 7, "steps": 9, "background": "auto"})

    async with opened("nanobanana", base_url=peer.address, extra={"quality": "low"}) as upstream:
        await upstream.generate(order, unheard)

    sent = peer.asked[0].fields
    assert (sent["seed"], sent["background"], sent["quality"], "steps" in sent) == (7, "auto", "low", False)


async def test_values_keep_their_meaning_in_a_form(peer: Painter) -> None:
    order = edition(plain(), extras={"strict": True, "seed": 7, "quality": "high"})

    async with opened("nanobanana", base_url=peer.address) as upstream:
        await upstream.edit(order, unheard)

    sent = peer.asked[0].fields
    assert (sent["strict"], sent["seed"], sent["quality"]) == ("true", "7", "high")


async def test_each_call_says_how_many_gateways_it_came_through(peer: Painter) -> None:
    token = current_hops.set(2)
    async with opened("nanobanana", base_url=peer.address, api_key="canary") as upstream:
        await upstream.generate(generation(), unheard)
    current_hops.reset(token)

    headers = peer.asked[0].headers
    assert (headers["X-Gateway-Hops"], headers["Authorization"]) == ("3", "Bearer canary")


async def test_a_data_prefix_and_a_jpeg_that_nobody_asked_for_are_taken() -> None:
    jpeg = plain((128, 96), form="JPEG")
    answer = {"created": 1, "data": [{"b64_json": data_url(jpeg, "image/jpeg"), "revised_prompt": "Upscaled image"}]}

    async with backend(says(json=answer)) as server, opened("nanobanana", base_url=server.address) as upstream:
        (made,) = await upstream.upscale(enlargement(plain()), unheard)

    assert (made.picture.format, made.picture.width, made.revised_prompt) == (ImageFormat.JPEG, 128, "Upscaled image")


async def test_a_picture_by_address_is_fetched_from_the_peer() -> None:
    async def answer(request: Any) -> Any:
        if request.path == "/images/one.png":
            return await says(body=plain((40, 30)))(request)
        return await says(json={"created": 1, "data": [{"url": f"{server.address}/images/one.png"}]})(request)

    async with backend(answer) as server, opened("nanobanana", base_url=f"{server.address}/v1") as upstream:
        (made,) = await upstream.generate(generation(), unheard)

    assert made.picture.width == 40
    assert server.asked == ["/v1/images/generations", "/images/one.png"]


SIGNED = "/images/a%2fb.png?sig=a%2Bb%2f%7Ec%3D&x=1+2"


@pytest.mark.parametrize("form", ["{server}{path}", "{path}"])
async def test_a_signed_address_is_asked_for_as_it_came(form: str) -> None:
    asked: list[str] = []

    async def answer(request: Any) -> Any:
        if request.method == "GET":
            asked.append(request.raw_path)
            return await says(body=plain((40, 30)))(request)
        return await says(json={"data": [{"url": form.format(server=server.address, path=SIGNED)}]})(request)

    async with backend(answer) as server, opened("nanobanana", base_url=f"{server.address}/v1") as upstream:
        await upstream.generate(generation(), unheard)

    assert asked == [SIGNED]


async def test_a_signed_address_elsewhere_is_fetched_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    async def download(_: GuardedFetch, url: str, **_options: Any) -> bytes:
        fetched.append(url)
        return plain()

    monkeypatch.setattr(GuardedFetch, "download", download)
    address = f"https://storage.example.com{SIGNED}"

    async with (
        backend(says(json={"data": [{"url": address}]})) as server,
        opened("nanobanana", base_url=server.address) as upstream,
    ):
        await upstream.generate(generation(), unheard)

    assert fetched == [address]


async def test_a_picture_that_was_made_and_cannot_be_fetched_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def out_of_reach(*_: Any) -> None:
        raise NotSent("no connection")

    monkeypatch.setattr(UpstreamHttp, "get", out_of_reach)
    answer = says(json={"created": 1, "data": [{"url": "/images/one.png"}]})

    async with backend(answer) as server, opened("nanobanana", base_url=server.address) as upstream:
        with pytest.raises(Ambiguous):
            await upstream.generate(generation(), unheard)


def refusal(code: str | None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": "secret", "type": kind, "param": None, "code": code}}


@pytest.mark.parametrize(
    ("answer", "outcome", "status"),
    [
        (says(400, json=refusal("content_policy_violation")), ContentRefused, 400),
        (says(400, json=refusal(None)), Rejected, 400),
        (says(400, json=refusal("model_not_found")), Rejected, 400),
        (says(400, json=refusal("too_many_hops")), Rejected, 508),
        (says(401, json=refusal("invalid_api_key")), Rejected, 401),
        (says(404, body=b"nothing here"), Rejected, 404),
        (says(429, json=refusal("rate_limit_exceeded", "rate_limit_error")), Refused, 429),
        (says(500, json=refusal(None, "api_error")), Refused, 500),
        (says(500, json=refusal(None, "api_error"), headers={"x-should-retry": "false"}), Ambiguous, 500),
        (says(503, json=refusal(None, "api_error"), headers={"x-should-retry": "false"}), Rejected, 503),
        (says(502, body=b"Bad Gateway"), Ambiguous, 502),
        (says(503, json=refusal(None, "api_error")), Refused, 503),
        (says(200, json={"created": 1, "data": []}), None, None),
        (says(200, json={"created": 1, "data": [{}]}), EmptyAnswer, None),
        (says(200, json={"created": 1, "data": "none"}), EmptyAnswer, 200),
        (says(200, json={"created": 1, "data": [{"b64_json": text(b"no picture")}]}), EmptyAnswer, None),
        (says(200, json={"created": 1, "data": [{"url": "http://127.0.0.1:9/one.png"}]}), EmptyAnswer, None),
        (says(200, body=b"<!doctype html>", content_type="text/html"), EmptyAnswer, 200),
    ],
)
async def test_every_answer_has_its_outcome(
    answer: Any, outcome: type[UpstreamError] | None, status: int | None
) -> None:
    async with backend(answer) as server, opened("nanobanana", base_url=server.address) as upstream:
        if outcome is None:
            assert await upstream.generate(generation(), unheard) == ()
            return
        with pytest.raises(outcome) as caught:
            await upstream.generate(generation(), unheard)

    assert caught.value.status == status
    assert "secret" not in caught.value.detail


async def test_the_peer_s_own_deadline_is_told_as_ours() -> None:
    answer = says(504, json=refusal(None, "api_error"))

    async with backend(answer) as server, opened("nanobanana", base_url=server.address) as upstream:
        with pytest.raises(Ambiguous) as caught:
            await upstream.generate(generation(), unheard)

    assert (caught.value.timed_out, caught.value.status) == (True, None)


async def test_the_wait_that_the_peer_asks_for_is_kept() -> None:
    answer = says(429, json=refusal("rate_limit_exceeded"), headers={"Retry-After": "17"})

    async with backend(answer) as server, opened("nanobanana", base_url=server.address) as upstream:
        with pytest.raises(Refused) as caught:
            await upstream.generate(generation(), unheard)

    assert caught.value.retry_after == 17


async def test_a_closed_port_was_never_asked() -> None:
    async with opened("nanobanana", base_url="http://127.0.0.1:9") as upstream:
        with pytest.raises(NotSent):
            await upstream.edit(edition(plain()), unheard)


async def test_a_probe_asks_for_the_models() -> None:
    answer = says(json={"object": "list", "data": []})

    async with backend(answer) as server, opened("nanobanana", base_url=f"{server.address}/v1") as upstream:
        await upstream.probe()

    assert server.asked == ["/v1/models"]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [(says(body=b"<html>"), EmptyAnswer), (says(401, json=refusal("invalid_api_key")), Rejected)],
)
async def test_a_probe_finds_what_is_wrong(answer: Any, outcome: type[UpstreamError]) -> None:
    async with backend(answer) as server, opened("nanobanana", base_url=server.address) as upstream:
        with pytest.raises(outcome):
            await upstream.probe()


async def test_the_public_service_is_told_apart_by_its_settings() -> None:
    async with opened("nanobanana", base_url="http://127.0.0.1:9", masks=False, max_images=1, max_n=1) as upstream:
        edits = upstream.capabilities.operations[Operation.EDIT]

    assert (edits.masks, edits.max_images, edits.max_n) == (False, 1, 1)
