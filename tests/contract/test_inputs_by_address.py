"""No driver passes on an address that a client gave: pictures are fetched here, by the guarded fetch (S11)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from support.backend import backend
from support.drivers import opened, unheard
from support.samples import plain

from gateway import upstreams
from gateway.images import EditRequest, ImageRequest, PictureUrl, UpscaleFactor, UpscaleRequest
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.upstreams import DRIVERS

URL = PictureUrl("http://169.254.169.254/latest/meta-data/")
GOOD = read_picture(plain((64, 64)), PictureLimits())
ORDERS: Mapping[str, ImageRequest] = {
    "an edit": EditRequest(model="m", prompt="a", images=(URL,)),
    "an edit beside a good picture": EditRequest(model="m", prompt="a", images=(GOOD, URL)),
    "a mask": EditRequest(model="m", prompt="a", images=(GOOD,), mask=URL),
    "an enlargement": UpscaleRequest(model="m", image=URL, upscale_factor=UpscaleFactor.X2),
}
KEYS: Mapping[str, dict[str, Any]] = {
    "local": {},
    "openai": {"api_key": "k", "model": "m", "upscale": {}},
    "gemini": {"api_key": "k", "model": "gemini-2.5-flash-image"},
    "vertex": {"access_token": "k", "project": "p", "model": "gemini-2.5-flash-image"},
    "automatic1111": {},
    "comfyui": {
        "values": {"checkpoint": "c", "steps": 1},
        "edit": {"template": "img2img"},
        "inpaint": {"template": "inpaint"},
        "upscale": {"template": "upscale-model", "values": {"upscaler": "u"}},
    },
    "nanobanana": {},
}
"""With which each can do as much as it can."""


def test_every_driver_is_asked() -> None:
    assert set(KEYS) == set(DRIVERS)


@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("driver", KEYS)
async def test_an_address_is_never_passed_on(driver: str, name: str) -> None:
    seen: list[str] = []

    async def read(request: web.Request) -> web.StreamResponse:
        seen.append(f"{request.path_qs} {(await request.read()).decode('latin-1')}")
        return web.json_response({})

    order = ORDERS[name]
    async with backend(read) as asked:
        keys = KEYS[driver] if driver == "local" else {**KEYS[driver], "base_url": asked.address}
        async with opened(driver, **keys) as upstream:
            with pytest.raises(Exception):  # noqa: B017, PT011 - what it cannot do it refuses, and else it finds no picture
                await getattr(upstream, order.operation.value)(order, unheard)

    assert [one for one in seen if "169.254" in one] == []


def test_no_driver_knows_of_addresses() -> None:
    """The type of an input that was not fetched yet is named in one place, which refuses it."""
    folder = Path(upstreams.__file__).parent
    knowing = [path.name for path in folder.rglob("*.py") if "PictureUrl" in path.read_text()]
    assert knowing == []
