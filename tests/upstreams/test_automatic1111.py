"""Stable Diffusion WebUI: what it is asked, what its answers and failures mean, and how its work is stopped."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError
from support.backend import backend, says
from support.drivers import edition, enlargement, generation, opened, unheard
from support.samples import SECRET, alpha_mask, decoded, photograph, plain, quarters, text
from support.webui import WebUI, webui

from gateway.errors import BadRequest
from gateway.images import AspectRatio, Operation, UpscaleFactor
from gateway.upstreams.automatic1111 import Automatic1111Settings
from gateway.upstreams.base import (
    Ambiguous,
    EmptyAnswer,
    NotSent,
    Progress,
    Refused,
    Rejected,
    Upstream,
    UpstreamError,
)

TXT2IMG, IMG2IMG, EXTRAS = "/sdapi/v1/txt2img", "/sdapi/v1/img2img", "/sdapi/v1/extra-single-image"
Open = Callable[..., Any]


@pytest.fixture
async def ui() -> AsyncIterator[WebUI]:
    async with webui() as running:
        yield running


@pytest.fixture
async def driver(ui: WebUI) -> AsyncIterator[Open]:
    """Open the driver on the running WebUI with more keys."""
    async with AsyncExitStack() as stack:

        async def make(**keys: Any) -> Upstream:
            return await stack.enter_async_context(opened("automatic1111", **{"base_url": ui.address, **keys}))

        yield make


async def test_a_picture_is_asked_for_in_the_webui_s_words(ui: WebUI, driver: Open) -> None:
    upstream = await driver(negative_prompt="blurry", sampler="DPM++ 2M", extra={"distilled_cfg_scale": 3.5})

    made = await upstream.generate(generation("a lighthouse", n=2, ratio=AspectRatio.WIDE), unheard)

    sent = ui.last(TXT2IMG)
    assert [(item.picture.width, item.picture.height) for item in made] == [(1344, 768)] * 2
    assert sent.pop("force_task_id").startswith("gateway-")
    assert sent == {
        "prompt": "a lighthouse",
        "negative_prompt": "blurry",
        "width": 1344,
        "height": 768,
        "batch_size": 2,
        "n_iter": 1,
        "steps": 25,
        "cfg_scale": 7.0,
        "sampler_name": "DPM++ 2M",
        "send_images": True,
        "save_images": False,
        "distilled_cfg_scale": 3.5,
    }


@pytest.mark.parametrize(
    ("keys", "ratio", "size"),
    [
        ({}, AspectRatio.SQUARE, (1024, 1024)),
        ({}, None, (1024, 1024)),
        ({"family": "sd15"}, AspectRatio.TALL, (432, 768)),
        ({"sizes": {"4:3": "896x672"}}, AspectRatio.LANDSCAPE, (896, 672)),
    ],
)
async def test_sizes_come_from_the_family_and_from_the_table(
    ui: WebUI, driver: Open, keys: dict[str, Any], ratio: AspectRatio | None, size: tuple[int, int]
) -> None:
    upstream = await driver(**keys)

    await upstream.generate(generation(ratio=ratio), unheard)

    assert (ui.last(TXT2IMG)["width"], ui.last(TXT2IMG)["height"]) == size


async def test_extras_of_the_client_win_over_the_settings(ui: WebUI, driver: Open) -> None:
    upstream = await driver(steps=30, negative_prompt="blurry")

    await upstream.generate(
        generation(extras={"seed": "5", "steps": 12, "cfg_scale": 1, "negative_prompt": "hands"}), unheard
    )

    sent = ui.last(TXT2IMG)
    assert (sent["seed"], sent["steps"], sent["cfg_scale"], sent["negative_prompt"]) == (5, 12, 1, "hands")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("seed", "five"),
        ("seed", 2**32),
        ("steps", 151),
        ("steps", 12.5),
        ("cfg_scale", 0),
        ("negative_prompt", 7),
        ("denoising_strength", 1.1),
    ],
)
async def test_a_bad_extra_is_the_client_s_fault_and_is_never_sent(
    ui: WebUI, driver: Open, name: str, sent: object
) -> None:
    upstream = await driver()

    with pytest.raises(BadRequest) as caught:
        await upstream.generate(generation(extras={name: sent}), unheard)

    assert caught.value.param == name
    assert ui.asked == []


async def test_another_checkpoint_is_asked_for_with_the_call(ui: WebUI, driver: Open) -> None:
    upstream = await driver(model="dreamer")

    await upstream.generate(generation(), unheard)

    assert ui.last(TXT2IMG)["override_settings"] == {"sd_model_checkpoint": "dreamer"}


async def test_the_prompt_in_the_file_is_cut_out(driver: Open) -> None:
    upstream = await driver()

    made = await upstream.generate(generation(SECRET), unheard)

    assert SECRET.encode() not in made[0].picture.blob.read()


async def test_grids_before_and_masks_behind_the_pictures_are_left_out(ui: WebUI, driver: Open) -> None:
    ui.grid, ui.extra_pictures = True, 2
    upstream = await driver(family="sd15")

    made = await upstream.generate(generation(n=2), unheard)

    assert [item.picture.width for item in made] == [512, 512]


async def test_an_edit_keeps_the_shape_of_its_source(ui: WebUI, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(quarters((900, 600)), n=3), unheard)

    sent = ui.last(IMG2IMG)
    assert (sent["width"], sent["height"], sent["batch_size"]) == (896, 600, 3)
    assert (sent["denoising_strength"], sent["resize_mode"]) == (0.75, 1)
    assert decoded(base64.b64decode(sent["init_images"][0])).size == (900, 600)
    assert "mask" not in sent


async def test_an_edit_with_a_ratio_is_drawn_in_it(ui: WebUI, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(quarters(), ratio=AspectRatio.PORTRAIT), unheard)

    assert (ui.last(IMG2IMG)["width"], ui.last(IMG2IMG)["height"]) == (864, 1152)


async def test_a_mask_goes_out_white_where_the_picture_may_change(ui: WebUI, driver: Open) -> None:
    upstream = await driver(inpainting={"inpaint_full_res": True, "mask_blur": 8})

    await upstream.edit(edition(quarters((64, 48)), mask=alpha_mask((64, 48), (0, 0, 32, 48))), unheard)

    sent = ui.last(IMG2IMG)
    mask = decoded(base64.b64decode(sent["mask"]))
    assert (mask.mode, mask.getpixel((10, 10)), mask.getpixel((50, 10))) == ("L", 255, 0)
    assert (sent["inpainting_fill"], sent["inpaint_full_res"], sent["mask_blur"]) == (1, True, 8)


async def test_a_photograph_lying_on_its_side_is_turned_before_it_is_sent(ui: WebUI, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(photograph((640, 480), orientation=6)), unheard)

    assert decoded(base64.b64decode(ui.last(IMG2IMG)["init_images"][0])).size == (480, 640)


@pytest.mark.parametrize("factor", UpscaleFactor)
@pytest.mark.parametrize("size", [(64, 48), (33, 31), (35, 50)])
async def test_upscaling_is_exact_though_the_webui_knows_multiples_of_8_only(
    ui: WebUI, driver: Open, size: tuple[int, int], factor: UpscaleFactor
) -> None:
    upstream = await driver(upscaler="Nearest")

    (made,) = await upstream.upscale(enlargement(quarters(size), factor), unheard)

    result = decoded(made.picture.blob.read())
    assert result.size == (size[0] * factor.times, size[1] * factor.times)
    assert result.convert("RGB").getpixel((result.width - 1, result.height - 1)) == (255, 255, 255)
    assert ui.last(EXTRAS)["upscaler_1"] == "Nearest"


async def test_a_picture_that_would_become_too_large_is_refused_before_anybody_is_asked(
    ui: WebUI, driver: Open
) -> None:
    upstream = await driver()

    with pytest.raises(BadRequest, match="at most 4000000 pixels"):
        await upstream.upscale(enlargement(plain((600, 600)), UpscaleFactor.X4), unheard)

    assert ui.asked == []


async def test_a_picture_that_comes_back_as_it_was_is_no_success(ui: WebUI, driver: Open) -> None:
    ui.instead = web.json_response({"image": text(plain((64, 48)))})
    upstream = await driver()

    with pytest.raises(EmptyAnswer, match="64x48"):
        await upstream.upscale(enlargement(plain((64, 48))), unheard)


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (says(json={"images": [], "info": ""}), EmptyAnswer, "no picture"),
        (says(json={"images": None, "info": "{"}), EmptyAnswer, "no picture"),
        (says(json={"images": ["%%%"]}), EmptyAnswer, "no picture"),
        (says(json={"images": [text(b"no picture")]}), EmptyAnswer, "no picture"),
        (says(json=["not", "an", "object"]), EmptyAnswer, "not the API"),
        (says(body=b"{"), EmptyAnswer, "not the API"),
        (says(body=b"\n<!doctype html><title>Login</title>", content_type="text/html"), Rejected, "login"),
        (says(302, headers={"Location": "/login"}), Rejected, "status"),
        (says(401, json={"detail": "Incorrect username or password"}), Rejected, "--api-auth"),
        (says(404, json={"detail": "Not Found"}), Rejected, "--api"),
        (says(404, json={"detail": "Sampler not found"}), Rejected, "no such sampler"),
        (
            says(422, json={"detail": [{"loc": ["body", "steps"], "msg": "/secret", "type": "t"}]}),
            Rejected,
            "body.steps",
        ),
        (says(422, json={"detail": "Script '/secret' not found"}), Rejected, "fields sent"),
        (says(500, json={"error": "OutOfMemoryError", "errors": "/secret"}), Refused, "out of memory"),
        (says(500, json={"error": "AssertionError", "errors": "/secret"}), Rejected, "upscaler"),
        (says(500, json={"error": "HTTPException", "detail": "Invalid encoded image"}), Rejected, "not take"),
        (says(500, json={"error": "RuntimeError", "errors": "/secret"}), Refused, "RuntimeError"),
        (says(500, json={"error": "/secret\n", "errors": "/secret"}), Refused, "status"),
        (says(500, body=b"Internal Server Error"), Refused, "status"),
        (says(503, body=b"", headers={"Retry-After": "7"}), Refused, "status"),
        (says(502, body=b"Bad Gateway"), Ambiguous, "status"),
    ],
)
async def test_every_answer_has_its_outcome_and_no_text_of_the_webui_gets_through(
    answer: Any, outcome: type[UpstreamError], words: str
) -> None:
    async with backend(answer) as server, opened("automatic1111", base_url=server.address) as upstream:
        with pytest.raises(outcome, match=words) as caught:
            await upstream.generate(generation(), unheard)

    assert "secret" not in caught.value.detail


async def test_a_closed_port_was_never_asked() -> None:
    async with opened("automatic1111", base_url="http://127.0.0.1:9") as upstream:
        with pytest.raises(NotSent):
            await upstream.generate(generation(), unheard)


async def test_progress_and_previews_are_told_while_the_work_runs(ui: WebUI, driver: Open) -> None:
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    ui.may_end.clear()
    upstream = await driver(previews=True)

    work = asyncio.create_task(upstream.generate(generation(), heard.put_nowait))
    progress = await heard.get()
    ui.may_end.set()

    await work
    assert progress.done == 0.25
    assert progress.preview is not None
    assert progress.preview.width == 32


async def test_no_previews_are_fetched_unless_they_are_wanted(ui: WebUI, driver: Open) -> None:
    heard: asyncio.Queue[Progress] = asyncio.Queue()
    ui.may_end.clear()
    upstream = await driver()

    work = asyncio.create_task(upstream.generate(generation(), heard.put_nowait))
    progress = await heard.get()
    ui.may_end.set()

    await work
    assert progress.preview is None


async def gone_away(upstream: Upstream, ui: WebUI, order: Any) -> None:
    """Ask for work, and go away while the WebUI is at it."""
    verb = upstream.generate if order.operation is Operation.GENERATE else upstream.upscale
    work = asyncio.create_task(verb(order, unheard))
    async with asyncio.timeout(5):
        await ui.arrived.get()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_work_that_nobody_waits_for_is_interrupted(ui: WebUI, driver: Open) -> None:
    ui.may_end.clear()

    await gone_away(await driver(), ui, generation())

    assert ui.interrupted == 1


async def test_work_that_ran_out_of_time_is_interrupted(ui: WebUI, driver: Open) -> None:
    ui.may_end.clear()
    upstream = await driver(timeout=0.2)

    with pytest.raises(Ambiguous) as caught:
        await upstream.generate(generation(), unheard)

    assert caught.value.timed_out
    assert ui.interrupted == 1


async def test_somebody_else_s_work_is_left_alone(ui: WebUI, driver: Open) -> None:
    ui.may_end.clear()
    upstream = await driver()
    somebody = asyncio.create_task(upstream.generate(generation(), unheard))
    await ui.arrived.get()

    await gone_away(upstream, ui, generation("behind it in the queue"))

    assert ui.interrupted == 0
    ui.may_end.set()
    await somebody


async def test_without_names_of_tasks_nothing_is_interrupted_unless_all_work_is_ours() -> None:
    nowebui = WebUI()
    nowebui.names_tasks = False
    nowebui.may_end.clear()
    async with webui(nowebui) as ui:
        async with opened("automatic1111", base_url=ui.address) as careful:
            await gone_away(careful, ui, generation())
        careful_interruptions = ui.interrupted
        async with opened("automatic1111", base_url=ui.address, sole_client=True) as sole:
            await gone_away(sole, ui, generation())

    assert (careful_interruptions, ui.interrupted) == (0, 1)


async def test_an_upscale_is_interrupted_by_the_sole_client(ui: WebUI, driver: Open) -> None:
    ui.may_end.clear()

    await gone_away(await driver(sole_client=True), ui, enlargement(plain()))

    assert ui.interrupted == 1


async def test_a_probe_finds_everything_in_order(driver: Open) -> None:
    upstream = await driver(model="dreamer.safetensors [0123]", upscaler="Lanczos")

    await upstream.probe()


@pytest.mark.parametrize(
    ("keys", "words"),
    [({"upscaler": "SwinIR"}, "no upscaler SwinIR"), ({"model": "dreamer2"}, "no checkpoint dreamer2")],
)
async def test_a_probe_finds_a_wrong_name(driver: Open, keys: dict[str, Any], words: str) -> None:
    upstream = await driver(**keys)

    with pytest.raises(Rejected, match=words):
        await upstream.probe()


async def test_a_probe_says_that_the_api_is_off() -> None:
    async with (
        backend(says(404, json={"detail": "Not Found"})) as server,
        opened("automatic1111", base_url=server.address) as upstream,
    ):
        with pytest.raises(Rejected, match="start the WebUI with --api"):
            await upstream.probe()


async def test_username_and_password_go_with_every_call(ui: WebUI, driver: Open) -> None:
    upstream = await driver(username="gateway", password="canary")

    await upstream.generate(generation(), unheard)

    expected = "Basic " + base64.b64encode(b"gateway:canary").decode()
    assert {asked.headers["Authorization"] for asked in ui.asked} == {expected}


async def test_without_an_upscaler_it_does_not_upscale(driver: Open) -> None:
    upstream = await driver(upscaler=None, max_n=2)

    operations = upstream.capabilities.operations
    assert set(operations) == {Operation.GENERATE, Operation.EDIT}
    assert (operations[Operation.EDIT].max_n, operations[Operation.EDIT].max_images) == (2, 1)


def test_unused_work_is_cancelled_and_calls_are_made_one_by_one_by_default() -> None:
    settings = Automatic1111Settings(driver="automatic1111", base_url="http://127.0.0.1:7860")

    assert (settings.on_disconnect, settings.concurrency) == ("cancel", 1)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"upscaler": "None"}, "as it was"),
        ({"sizes": {"1:1": "1020x1024"}}, "multiples of 8"),
        ({"sizes": {"1:1": "1024"}}, "pattern"),
        ({"username": "somebody"}, "or neither"),
        ({"sole_client": True, "concurrency": 2}, "concurrency 1"),
    ],
)
def test_settings_that_cannot_work_are_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Automatic1111Settings.model_validate({"driver": "automatic1111", "base_url": "http://127.0.0.1:7860", **keys})
