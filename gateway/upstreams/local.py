"""The embedded backend: a renderer, not a model. It needs no key, no service and no network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

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
from gateway.imaging import costs
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import LONGEST_SIDE
from gateway.upstreams.base import Capabilities, Capability, Made, Progress, Report
from gateway.upstreams.extras import flag, integer
from gateway.upstreams.outgoing import here
from gateway.upstreams.tools import Tools

if TYPE_CHECKING:
    from gateway.upstreams.local_pictures import LocalPictures

LARGEST_SEED = 2**63 - 1
_LONGEST_WEBP_SIDE = 16383

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
        self._pictures: LocalPictures | None = None

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close: the worker threads are the gateway's."""

    async def probe(self) -> None:
        """It is always there."""

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        seed = _seed(request)
        pictures = await self._loaded()
        if _strict(request):
            pictures.require_known_words(request.prompt)
        width, height = (request.ratio or AspectRatio.SQUARE).pixels
        one = partial(pictures.drawn, request.prompt, seed, (width, height), request.output_format)
        return await self._each(one, request.n, size=costs.drawing((width, height)), report=report)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        _seed(request)  # refused here as everywhere; an edit has no chance that it could choose
        sources = tuple(here(image) for image in request.images)
        mask = here(request.mask) if request.mask is not None else None
        pictures = await self._loaded()
        plan = pictures.plan(request.prompt, sources=len(sources), masked=mask is not None, strict=_strict(request))
        one = partial(pictures.edited, plan, sources, mask, request.output_format)
        pixels = sum(source.width * source.height for source in (*sources, *((mask,) if mask else ())))
        return await self._each(one, request.n, size=costs.editing(pixels, pictures.grown(plan)), report=report)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:
        _seed(request)
        _strict(request)
        picture, times = here(request.image), request.upscale_factor.times
        if not self._fits(picture, times, request.output_format):
            raise self._too_large(picture, times, request.output_format)
        one = partial((await self._loaded()).upscaled, picture, times, request.output_format)
        size = costs.upscaling(picture, times, request.output_format)
        return await self._each(one, 1, size=size, report=report)

    async def _loaded(self) -> LocalPictures:
        """What draws and edits: half of the gateway's own code, read when it is first needed and off the event loop."""
        if self._pictures is None:
            self._pictures = await self._workers.run(_load, size=0)
        return self._pictures

    async def _each(self, one: Callable[[int], Made], n: int, *, size: int, report: Report) -> tuple[Made, ...]:
        """`n` pictures one after another: side by side they would only share the same processors."""
        made = []
        for index in range(n):
            try:
                made.append(await self._workers.run(partial(one, index), size=size))
            except PictureError as error:
                raise BadRequest.field("image", f"{error}.") from None
            report(Progress((index + 1) / n, index=index))
        return tuple(made)

    def _fits(self, picture: Picture, times: int, format: ImageFormat) -> bool:  # noqa: A002 - the field's word
        few = picture.width * picture.height * times**2 <= self._most
        return few and max(picture.width, picture.height) * times <= _longest_side(format)

    def _too_large(self, picture: Picture, times: int, format: ImageFormat) -> BadRequest:  # noqa: A002 - the field's word
        width, height = picture.width * times, picture.height * times
        smaller = [factor.value for factor in UpscaleFactor if self._fits(picture, factor.times, format)]
        advice = f"{', '.join(smaller)} would fit" if smaller else "Use a smaller picture"
        return BadRequest.field(
            "image",
            f"Upscaled by x{times} it would be {width}x{height}, {width * height} pixels; at most {self._most} pixels "
            f"and {_longest_side(format)} on a side are made as {format}. {advice}.",
        )


def _load() -> LocalPictures:
    from gateway.upstreams.local_pictures import LocalPictures  # noqa: PLC0415 - see where it is called

    return LocalPictures()


def _longest_side(format: ImageFormat) -> int:  # noqa: A002 - the field's word
    return _LONGEST_WEBP_SIDE if format is ImageFormat.WEBP else LONGEST_SIDE


def _seed(request: ImageRequest) -> int:
    return integer(request, "seed", least=0, most=LARGEST_SEED) or 0


def _strict(request: ImageRequest) -> bool:
    return flag(request, "strict") or False
