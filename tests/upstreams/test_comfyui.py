"""ComfyUI: what it is sent for each operation, and what becomes of what it makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from support.comfyui import PREVIEW, Comfy, comfy
from support.drivers import edition, enlargement, generation, opened, unheard
from support.samples import SECRET, alpha_mask, decoded, photograph, plain, quarters, telling_png, white_mask

from gateway.errors import BadRequest
from gateway.images import AspectRatio, Operation, UpscaleFactor
from gateway.upstreams.base import NotSent, Progress, Upstream
from gateway.upstreams.rehearsal import Rehearsal, rehearsal

Open = Callable[..., Any]
ALL: dict[str, Any] = {
    "generate": {"template": "txt2img"},
    "edit": {"template": "img2img"},
    "inpaint": {"template": "inpaint"},
    "upscale": {"template": "upscale-model"},
}


@pytest.fixture
async def server() -> AsyncIterator[Comfy]:
    async with comfy() as running:
        yield running


@pytest.fixture
async def driver(server: Comfy) -> AsyncIterator[Open]:
    """Open the driver on the running ComfyUI, with all ready templates or other keys."""
    async with AsyncExitStack() as stack:

        async def make(**keys: Any) -> Upstream:
            return await stack.enter_async_context(opened("comfyui", **{"base_url": server.address, **ALL, **keys}))

        yield make


def loader(server: Comfy, title_of_input: str = "Image") -> dict[str, Any]:
    """The inputs of the LoadImage node for the picture or for the mask."""
    node = {"Image": "10", "Mask": "20"}[title_of_input]
    inputs: dict[str, Any] = server.graph[node]["inputs"]
    return inputs


async def test_a_prompt_is_put_into_the_workflow_as_typed_values(server: Comfy, driver: Open) -> None:
    upstream = await driver(values={"checkpoint": "other.safetensors", "steps": 30})

    await upstream.generate(generation('a "cat"]\n', ratio=AspectRatio.WIDE, extras={"seed": 7}), unheard)

    assert server.graph["6"]["inputs"]["text"] == 'a "cat"]\n'
    assert server.node("CheckpointLoaderSimple") == {"ckpt_name": "other.safetensors"}
    assert server.node("EmptyLatentImage") == {"width": 1344, "height": 768, "batch_size": 1}
    assert (server.node("KSampler")["seed"], server.node("KSampler")["steps"]) == (7, 30)


async def test_progress_rises_from_frame_to_frame_and_previews_are_shown(server: Comfy, driver: Open) -> None:
    upstream = await driver(values={"steps": 2})
    server.may_end.clear()
    told: list[Progress] = []

    def report(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 1:
            server.may_end.set()

    await upstream.generate(generation(), report)

    levels = [progress.done for progress in told]
    previews = [progress.preview for progress in told if progress.preview]
    numbers = [progress.index for progress in told if progress.preview]
    assert levels == sorted(levels)
    assert levels[0] < 0.5
    assert [decoded(preview.blob.read()).size for preview in previews] == [decoded(PREVIEW).size] * 2
    assert numbers == [0, 1]


async def test_nothing_is_submitted_before_somebody_listens(server: Comfy, driver: Open) -> None:
    server.may_listen.clear()
    upstream = await driver()
    task = asyncio.create_task(upstream.generate(generation(), unheard))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(server.queued.wait(), 0.1)
    server.may_listen.set()

    assert len(await task) == 1


async def test_a_batch_is_one_job_with_as_many_pictures(server: Comfy, driver: Open) -> None:
    server.pictures = [plain((64, 48), colour) for colour in ("red", "lime", "blue")]
    upstream = await driver()

    made = await upstream.generate(generation(n=3), unheard)

    assert server.node("EmptyLatentImage")["batch_size"] == 3
    assert [decoded(one.picture.blob.read()).getpixel((0, 0)) for one in made] == [
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    ]
    assert len(server.submitted) == 1


async def test_pictures_beyond_the_asked_ones_are_not_fetched(server: Comfy, driver: Open) -> None:
    server.pictures = [plain()] * 4
    upstream = await driver()

    made = await upstream.generate(generation(n=2), unheard)

    assert (len(made), server.paths().count("/view")) == (2, 2)


async def test_what_the_server_writes_into_its_files_goes(server: Comfy, driver: Open) -> None:
    server.pictures = [telling_png((64, 48))]
    upstream = await driver()

    (made,) = await upstream.generate(generation(), unheard)

    data = made.picture.blob.read()
    assert SECRET.encode() not in data
    assert b"workflow" not in data


async def test_every_job_has_a_seed_and_a_file_name_of_its_own(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    for _ in range(2):
        await upstream.generate(generation(), unheard)

    samplers = [body["prompt"]["3"]["inputs"]["seed"] for body in server.submitted]
    prefixes = [body["prompt"]["9"]["inputs"]["filename_prefix"] for body in server.submitted]
    assert len(set(samplers)) == len(set(prefixes)) == 2
    assert prefixes == [f"gateway/{body['prompt_id']}" for body in server.submitted]


@pytest.mark.parametrize(("sent", "used"), [(12, 12), ("12", 12), (0, 0), (2**64 - 1, 2**64 - 1)])
async def test_a_seed_may_be_chosen(server: Comfy, driver: Open, sent: object, used: int) -> None:
    upstream = await driver(values={"seed": 5})

    await upstream.generate(generation(extras={"seed": sent}), unheard)

    assert server.node("KSampler")["seed"] == used


@pytest.mark.parametrize("sent", [-1, "-1", None])
async def test_no_chosen_seed_leaves_the_operator_s(server: Comfy, driver: Open, sent: object) -> None:
    upstream = await driver(values={"seed": 5})

    await upstream.generate(generation(extras={"seed": sent}), unheard)

    assert server.node("KSampler")["seed"] == 5


@pytest.mark.parametrize(
    "extras",
    [{"seed": -2}, {"seed": 2**64}, {"seed": True}, {"seed": 1.5}, {"seed": "x"}, {"seed": []}, {"negative_prompt": 3}],
)
async def test_a_bad_extra_is_the_client_s_fault(server: Comfy, driver: Open, extras: dict[str, object]) -> None:
    upstream = await driver()

    with pytest.raises(BadRequest):
        await upstream.generate(generation(extras=extras), unheard)

    assert server.submitted == []


async def test_a_negative_prompt_goes_where_the_workflow_has_it(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    await upstream.generate(generation(extras={"negative_prompt": "blurry"}), unheard)

    assert server.graph["7"]["inputs"]["text"] == "blurry"


async def test_an_edit_uploads_its_picture_under_a_name_of_its_own(server: Comfy, driver: Open) -> None:
    upstream = await driver()
    image = quarters((300, 200))

    await upstream.edit(edition(image, n=2), unheard)

    (upload,) = server.uploads
    assert (upload.folder, upload.subfolder, upload.overwrite, upload.data) == ("temp", "gateway", "true", image)
    assert loader(server)["image"] == f"gateway/{upload.filename} [temp]"
    assert server.node("RepeatLatentBatch")["amount"] == 2


async def test_uploads_may_go_to_the_input_folder(server: Comfy, driver: Open) -> None:
    upstream = await driver(uploads="input")

    await upstream.edit(edition(plain()), unheard)

    assert loader(server)["image"] == f"gateway/{server.uploads[0].filename}"


async def test_an_edit_keeps_the_shape_in_as_many_pixels_as_the_model_knows(server: Comfy, driver: Open) -> None:
    upstream = await driver(sizes={"1:1": "512x512"})

    await upstream.edit(edition(plain((600, 400))), unheard)

    fit = server.node("ImageScale")
    assert (fit["width"], fit["height"]) == (624, 416)


async def test_an_edit_with_a_ratio_gets_its_size(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(plain((600, 400)), ratio=AspectRatio.TALL), unheard)

    fit = server.node("ImageScale")
    assert (fit["width"], fit["height"], fit["crop"]) == (768, 1344, "center")


@pytest.mark.parametrize("mask", [alpha_mask((64, 48), (0, 0, 32, 48)), white_mask((64, 48), (0, 0, 32, 48))])
async def test_a_mask_is_uploaded_with_its_change_transparent(server: Comfy, driver: Open, mask: bytes) -> None:
    upstream = await driver()

    await upstream.edit(edition(plain((64, 48)), mask=mask), unheard)

    uploaded = decoded(server.uploads[1].data)
    assert loader(server, "Mask")["image"] == f"gateway/{server.uploads[1].filename} [temp]"
    assert (uploaded.mode, uploaded.size) == ("RGBA", (64, 48))
    assert [uploaded.getchannel("A").getpixel(at) for at in ((5, 5), (60, 5))] == [0, 255]


async def test_a_photograph_on_its_side_is_turned_before_it_goes(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(photograph((64, 48), orientation=6)), unheard)

    assert decoded(server.uploads[0].data).size == (48, 64)


async def test_a_picture_that_moves_goes_as_one_still(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    await upstream.edit(edition(plain(form="WEBP")), unheard)

    assert decoded(server.uploads[0].data).format == "PNG"


@pytest.mark.parametrize(("factor", "size"), [(UpscaleFactor.X2, (128, 96)), (UpscaleFactor.X4, (256, 192))])
async def test_an_upscale_is_exact_whatever_the_model_s_own_factor(
    server: Comfy, driver: Open, factor: UpscaleFactor, size: tuple[int, int]
) -> None:
    upstream = await driver(upscale={"template": "upscale-model", "values": {"upscaler": "4x.pth"}})

    await upstream.upscale(enlargement(plain((64, 48)), factor), unheard)

    exact = server.node("ImageScale")
    assert (exact["width"], exact["height"]) == size
    assert server.node("UpscaleModelLoader") == {"model_name": "4x.pth"}


async def test_an_upscale_without_a_model_takes_the_factor(server: Comfy, driver: Open) -> None:
    upstream = await driver(upscale={"template": "lanczos"})

    await upstream.upscale(enlargement(plain(), UpscaleFactor.X4), unheard)

    assert server.node("ImageScaleBy")["scale_by"] == 4


async def test_an_upscale_beyond_the_limit_is_refused_before_anything_is_sent(server: Comfy, driver: Open) -> None:
    upstream = await driver()

    with pytest.raises(BadRequest, match="at most"):
        await upstream.upscale(enlargement(plain((1024, 1024)), UpscaleFactor.X4), unheard)

    assert server.asked == []


async def test_what_only_previews_is_fetched_too(server: Comfy, driver: Open) -> None:
    server.folder = "temp"
    upstream = await driver()

    (made,) = await upstream.generate(generation(), unheard)

    assert (made.picture.width, made.picture.height) == (64, 48)


async def test_capabilities_follow_from_the_workflows(driver: Open) -> None:
    everything = (await driver(max_n=2)).capabilities
    masked = (await driver(edit=None, inpaint={"template": "fill"}, upscale=None)).capabilities

    edits = everything.operations[Operation.EDIT]
    assert (everything.operations[Operation.GENERATE].max_n, edits.max_n, edits.max_images) == (2, 2, 1)
    assert (edits.masks, edits.needs_mask, everything.extras) == (True, False, {"seed", "negative_prompt"})
    assert set(masked.operations) == {Operation.GENERATE, Operation.EDIT}
    assert (masked.operations[Operation.EDIT].needs_mask, masked.operations[Operation.EDIT].max_n) == (True, 1)


async def test_every_request_carries_the_credentials(server: Comfy, driver: Open) -> None:
    upstream = await driver(api_key="canary-key", headers={"X-Pass": "canary-pass"})

    await upstream.edit(edition(plain()), unheard)

    assert {"/upload/image", "/ws", "/prompt", "/view"} <= set(server.paths())
    for _, headers in server.asked:
        assert headers["Authorization"] == "Bearer canary-key"
        assert headers["X-Pass"] == "canary-pass"
        assert "Origin" not in headers  # on a loopback name ComfyUI refuses those that are not its own


async def test_a_rehearsal_opens_nothing_and_shows_no_credentials(server: Comfy, driver: Open) -> None:
    upstream = await driver(api_key="canary", headers={"X-Pass": "canary"})
    shown = Rehearsal()
    token = rehearsal.set(shown)

    with pytest.raises(NotSent):
        await upstream.generate(generation("a lighthouse"), unheard)
    rehearsal.reset(token)

    assert server.asked == []
    assert [request.url for request in shown.requests] == [f"{server.address}/prompt"]
    assert ("canary" in repr(shown), "a lighthouse" in repr(shown)) == (False, True)
