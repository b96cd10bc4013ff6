"""The embedded backend: a renderer, not a model. It needs no key, no service and no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from types import MappingProxyType
from typing import Literal, TypeVar

from PIL import Image

from gateway.config import UpstreamSettings
from gateway.errors import BadRequest
from gateway.images import (
    LARGEST_N,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    ImageRequest,
    Operation,
    Picture,
    UpscaleFactor,
    UpscaleRequest,
)
from gateway.imaging import codec
from gateway.imaging.drawing import draw
from gateway.imaging.editing import VOCABULARY_HELP, Plan, apply, parse
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import canonical
from gateway.imaging.upscaling import upscale
from gateway.upstreams.base import Capabilities, Capability, Made, Progress, Report
from gateway.upstreams.outgoing import here
from gateway.upstreams.tools import Tools

LARGEST_SEED = 2**63 - 1

T = TypeVar("T")

# Pictures of its own size that an operation holds at a time, counted for the memory budget.
_DRAWING_COPIES = 5
_EDITING_COPIES = 4
_UPSCALING_COPIES = 2

_BOOLEANS = MappingProxyType({"true": True, "false": False, "1": True, "0": False})
_CAPABILITIES = Capabilities(
    {
        Operation.GENERATE: Capability(max_n=LARGEST_N),
        Operation.EDIT: Capability(max_n=LARGEST_N, masks=True),
        Operation.UPSCALE: Capability(),
    },
    frozenset({"seed", "strict"}),
)


class LocalSettings(UpstreamSettings):
    driver: Literal["local"]
    on_disconnect: Literal["finish", "cancel"] = "cancel"


class LocalUpstream:
    def __init__(self, name: str, settings: LocalSettings, tools: Tools) -> None:  # noqa: ARG002 - it has no keys of its own
        self.name = name
        self.capabilities = _CAPABILITIES
        self._workers = tools.workers
        self._most = tools.max_output_pixels

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close: the worker threads are the gateway's."""

    async def probe(self) -> None:
        """It is always there."""

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        ratio = request.ratio or AspectRatio.SQUARE
        seed = _seed(request)

        def one(index: int) -> Made:
            image = draw(request.prompt, seed=seed, index=index, size=ratio.pixels)
            return Made(codec.encode(image, request.output_format))

        width, height = ratio.pixels
        return await self._each(one, request.n, pixels=width * height * _DRAWING_COPIES, report=report)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        plan = parse(request.prompt)
        if plan.unread and _strict(request):
            raise _unreadable(plan)
        pictures = [here(image) for image in request.images]
        mask = here(request.mask) if request.mask else None

        def one(index: int) -> Made:
            image = _edited(plan, pictures, mask, index)
            return Made(codec.encode(image, request.output_format), plan.describe())

        pixels = sum(picture.width * picture.height for picture in pictures) * _EDITING_COPIES
        return await self._each(one, request.n, pixels=pixels, report=report)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:
        picture = here(request.image)
        pixels = picture.width * picture.height * request.upscale_factor.times**2
        if pixels > self._most:
            raise _too_large(picture, request.upscale_factor, self._most)
        work = partial(_upscaled, picture, request.upscale_factor.times, request.output_format)
        made = Made(await self._run(work, pixels=pixels * _UPSCALING_COPIES))
        report(Progress(1))
        return (made,)

    async def _each(self, one: Callable[[int], Made], n: int, *, pixels: int, report: Report) -> tuple[Made, ...]:
        """`n` pictures one after another: side by side they would only share the same processors."""
        made = []
        for index in range(n):
            made.append(await self._run(partial(one, index), pixels=pixels))
            report(Progress((index + 1) / n))
        return tuple(made)

    async def _run(self, work: Callable[[], T], *, pixels: int) -> T:
        try:
            return await self._workers.run(work, pixels=pixels)
        except PictureError as error:
            raise BadRequest.field("image", f"{error}.") from None


def _edited(plan: Plan, pictures: Sequence[Picture], mask: Picture | None, index: int) -> Image.Image:
    images = [codec.decode(picture) for picture in pictures]
    return apply(plan, images, canonical(mask, images[0].size) if mask else None, variation=index)


def _upscaled(picture: Picture, times: int, format: ImageFormat) -> Picture:  # noqa: A002 - the field's word
    return codec.encode(upscale(codec.decode(picture), times), format)


def _seed(request: ImageRequest) -> int:
    sent = request.extras.get("seed", 0)
    if isinstance(sent, str) and re.fullmatch(r"[0-9]{1,19}", sent):
        sent = int(sent)  # forms and queries hold text
    if isinstance(sent, bool) or not isinstance(sent, int) or not 0 <= sent <= LARGEST_SEED:
        raise BadRequest.field("seed", f"Accepted: an integer from 0 to {LARGEST_SEED}.", required=False)
    return sent


def _strict(request: ImageRequest) -> bool:
    sent = request.extras.get("strict", False)
    flag = _BOOLEANS.get(sent.lower()) if isinstance(sent, str) else sent
    if not isinstance(flag, bool):
        raise BadRequest.field("strict", "Accepted: true, false.", required=False)
    return flag


def _unreadable(plan: Plan) -> BadRequest:
    unread = "; ".join(repr(clause) for clause in plan.unread)
    return BadRequest(f"The local renderer cannot read {unread}. {VOCABULARY_HELP}", param="prompt")


def _too_large(picture: Picture, factor: UpscaleFactor, most: int) -> BadRequest:
    width, height = picture.width * factor.times, picture.height * factor.times
    fits = picture.width * picture.height * UpscaleFactor.X2.times**2 <= most
    advice = "x2 would fit" if factor is UpscaleFactor.X4 and fits else "Use a smaller picture"
    return BadRequest.field(
        "image", f"Upscaled by {factor} it would be {width}x{height}; at most {most} pixels are made. {advice}."
    )
