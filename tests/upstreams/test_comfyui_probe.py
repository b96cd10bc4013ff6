"""Whether a ComfyUI would work: the nodes and the models that the configured workflows need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from support.comfyui import Comfy, comfy
from support.drivers import opened

from gateway.upstreams.base import EmptyAnswer, NotSent, Rejected, UpstreamError

READY: dict[str, Any] = {
    "generate": {"template": "txt2img"},
    "upscale": {"template": "upscale-model", "values": {"upscaler": "tiny-random-4x.safetensors"}},
    "values": {"checkpoint": "tiny-random.safetensors"},
}


@pytest.fixture
async def server() -> AsyncIterator[Comfy]:
    async with comfy() as running:
        yield running


async def probed(server: Comfy, **keys: Any) -> None:
    async with opened("comfyui", base_url=server.address, **{**READY, **keys}) as upstream:
        await upstream.probe()


async def test_a_server_that_has_everything_would_work(server: Comfy) -> None:
    await probed(server)

    assert server.submitted == []


async def test_missing_nodes_are_named_all_at_once(server: Comfy) -> None:
    server.lacks = frozenset({"KSampler", "ImageUpscaleWithModel"})

    with pytest.raises(Rejected, match="no node class ImageUpscaleWithModel; no node class KSampler"):
        await probed(server)


async def test_a_checkpoint_and_an_upscaler_that_are_not_there_are_named(server: Comfy) -> None:
    with pytest.raises(Rejected) as caught:
        await probed(server, values={"checkpoint": "no.safetensors"}, upscale={"template": "upscale-model"})

    assert "CheckpointLoaderSimple.ckpt_name 'no.safetensors'" in caught.value.detail
    assert "UpscaleModelLoader.model_name '4x-UltraSharp.pth'" in caught.value.detail


async def test_any_choice_that_the_server_does_not_know_is_named(server: Comfy) -> None:
    values = {**READY["values"], "sampler": "magic"}

    with pytest.raises(Rejected, match=r"KSampler.sampler_name 'magic'"):
        await probed(server, values=values)


async def test_pictures_that_are_uploaded_later_are_not_looked_for(server: Comfy) -> None:
    await probed(server, edit={"template": "img2img"}, inpaint={"template": "inpaint"})


@pytest.mark.parametrize(
    ("status", "body", "outcome"), [(401, "{}", Rejected), (200, "<html>", EmptyAnswer), (200, "{}", EmptyAnswer)]
)
async def test_something_else_than_comfyui_is_told(
    server: Comfy, status: int, body: str, outcome: type[UpstreamError]
) -> None:
    server.instead["/system_stats"] = lambda: web.Response(status=status, text=body)

    with pytest.raises(outcome):
        await probed(server)


async def test_nobody_there_is_told() -> None:
    with pytest.raises(NotSent):
        await probed(Comfy(address="http://127.0.0.1:9"))
