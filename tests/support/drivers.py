"""A driver on its own, without the gateway around it, and the requests that it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gateway.clock import Clock, SystemClock
from gateway.images import EditRequest, GenerateRequest, Picture, UpscaleFactor, UpscaleRequest
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.imaging.workers import Workers
from gateway.inputs.fetch import FetchRules, GuardedFetch
from gateway.upstreams import DRIVERS
from gateway.upstreams.base import Progress, Upstream
from gateway.upstreams.tools import Tools

MOST_PIXELS = 4_000_000


@asynccontextmanager
async def opened(driver: str, *, clock: Clock | None = None, **keys: Any) -> AsyncIterator[Upstream]:
    """The driver with these keys of gateway.yaml, open until the block is left."""
    limits = PictureLimits(max_pixels=MOST_PIXELS)
    tools = Tools(Workers(threads=1), GuardedFetch(FetchRules()), limits, MOST_PIXELS, clock or SystemClock())
    row = DRIVERS[driver]
    upstream = row.make("backend", row.settings.model_validate({"driver": driver, **keys}), tools)
    await tools.fetch.open()
    await upstream.open()
    try:
        yield upstream
    finally:
        await upstream.close()
        await tools.fetch.close()
        tools.workers.close()


def unheard(_: Progress) -> None:
    """For who wants no progress."""


def taken(data: bytes) -> Picture:
    """As the gateway hands a picture to a driver."""
    return read_picture(data, PictureLimits())


def generation(prompt: str = "a lighthouse", **fields: Any) -> GenerateRequest:
    return GenerateRequest(model="nano-banana", prompt=prompt, **fields)


def edition(*images: bytes, prompt: str = "let it snow", mask: bytes | None = None, **fields: Any) -> EditRequest:
    pictures = tuple(taken(image) for image in images)
    return EditRequest(
        model="nano-banana", prompt=prompt, images=pictures, mask=taken(mask) if mask else None, **fields
    )


def enlargement(image: bytes, factor: UpscaleFactor = UpscaleFactor.X2, **fields: Any) -> UpscaleRequest:
    return UpscaleRequest(model="imagen-4.0-upscale-preview", image=taken(image), upscale_factor=factor, **fields)
