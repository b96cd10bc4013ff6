"""Stable Diffusion WebUI (AUTOMATIC1111) and Forge: the API under /sdapi/v1 that both open with `--api`."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aiohttp import hdrs
from pydantic import Field, SecretStr, model_validator

from gateway.config import Address, Section, UpstreamSettings
from gateway.errors import BadRequest
from gateway.images import (
    LARGEST_N,
    LONGEST_PROMPT,
    OUTPUT_FORMATS,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    ImageRequest,
    Operation,
    Picture,
    UpscaleRequest,
)
from gateway.imaging import costs
from gateway.imaging.errors import PictureError
from gateway.imaging.masks import Polarity
from gateway.imaging.padding import cut, padded
from gateway.upstreams.base import (
    Capabilities,
    Capability,
    EmptyAnswer,
    Made,
    Rejected,
    Report,
)
from gateway.upstreams.extras import integer, number, text
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.json_body import Base64
from gateway.upstreams.outgoing import mask_for, picture_for, upscaled_size
from gateway.upstreams.results import from_base64, those_of
from gateway.upstreams.tools import Tools
from gateway.upstreams.webui.latents import SIZES, STEP, Family, Size, like, sides
from gateway.upstreams.webui.outcomes import drawn, items, upscaled
from gateway.upstreams.webui.work import Work

LARGEST_SEED = 2**32 - 1
MOST_STEPS, MOST_CFG_SCALE = 150, 30
"""The ends of the WebUI's own sliders: a client could otherwise keep the card busy for hours."""

_EXTRAS = frozenset({"seed", "negative_prompt", "steps", "cfg_scale", "denoising_strength"})
_INPUT_FORMATS = frozenset(OUTPUT_FORMATS)


class InpaintingSettings(Section):
    """Sent with every edit that has a mask, by the WebUI's own names."""

    mask_blur: Annotated[int, Field(ge=0, le=64)] = 4
    """Pixels over which the change fades out."""
    inpainting_fill: Annotated[int, Field(ge=0, le=3)] = 1
    """What the masked part starts from: 0 its surroundings, 1 what was there, 2 noise, 3 nothing."""
    inpaint_full_res: bool = False
    """Whether only the masked part is drawn, at the full size: finer, but it sees nothing of the rest."""
    inpaint_full_res_padding: Annotated[int, Field(ge=0, le=256)] = 32
    """Pixels around the masked part that are seen then."""


class Automatic1111Settings(UpstreamSettings):
    driver: Literal["automatic1111"]
    concurrency: Annotated[int, Field(ge=1)] = 1
    """The WebUI draws one batch at a time, and its own queue has no end."""
    on_disconnect: Literal["finish", "cancel"] = "cancel"
    base_url: Address
    username: str | None = None
    """As given to `--api-auth`."""
    password: SecretStr | None = None
    model: str | None = None
    """A checkpoint by title or name; by default the one that is loaded. Another one is loaded first, which is slow."""
    family: Family = Family.SDXL
    """Sets the pixels of all ratios."""
    sizes: Mapping[AspectRatio, Size] = Field(default_factory=dict)
    """Pixels for single ratios."""
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)] = 25
    cfg_scale: Annotated[float, Field(ge=1, le=MOST_CFG_SCALE)] = 7
    sampler: str | None = None
    scheduler: str | None = None
    negative_prompt: str = ""
    denoising_strength: Annotated[float, Field(ge=0, le=1)] = 0.75
    """How much an edit may change: 0 nothing, 1 everything."""
    inpainting: InpaintingSettings = InpaintingSettings()
    upscaler: Annotated[str, Field(min_length=1)] | None = "R-ESRGAN 4x+"
    """By its name in the WebUI; null for a WebUI that is not to upscale."""
    max_n: Annotated[int, Field(ge=1, le=LARGEST_N)] = LARGEST_N
    """Pictures of one batch; fewer take less of the card's memory."""
    previews: bool = False
    """Whether clients that stream see pictures on the way; each costs a picture's traffic, whoever asked."""
    sole_client: bool = False
    """Whether all that this WebUI does is asked for here, so that it can be interrupted without a question."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """Fields that are sent with everything that is drawn."""

    @model_validator(mode="after")
    def _sound(self) -> Automatic1111Settings:
        if (self.username is None) != (self.password is None):
            raise ValueError("give username and password, or neither")
        if self.upscaler == "None":
            raise ValueError('the upscaler "None" returns the picture as it was; write null to upscale elsewhere')
        if self.sole_client and self.concurrency > 1:
            raise ValueError("sole_client goes with concurrency 1: an interruption would hit another call")
        return self


class Automatic1111Upstream:
    def __init__(self, name: str, settings: Automatic1111Settings, tools: Tools) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._http = UpstreamHttp(settings.base_url, headers=_credentials(settings), timeout=settings.timeout)
        self._work = Work(
            self._http,
            tools,
            timeout=settings.timeout,
            previews=settings.previews,
            sole_client=settings.sole_client,
        )
        self._sizes = {ratio: sides(size) for ratio, size in {**SIZES[settings.family], **settings.sizes}.items()}

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        size = self._sizes[request.ratio or AspectRatio.SQUARE]
        return await self._drawn("/sdapi/v1/txt2img", self._fields(request, size), request.n, report)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        picture = await picture_for(request.images[0], _INPUT_FORMATS, self._tools)
        size = self._sizes[request.ratio] if request.ratio else like(picture, self._sizes[AspectRatio.SQUARE])
        fields = {
            "init_images": [Base64(picture.blob)],
            "resize_mode": 1,  # crop where the shapes differ; 0 would stretch
            **(await self._mask(request) if request.mask else {}),
            **self._fields(request, size),
        }
        return await self._drawn("/sdapi/v1/img2img", fields, request.n, report)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:
        picture = await picture_for(request.image, _INPUT_FORMATS, self._tools)
        times = request.upscale_factor.times
        whole = upscaled_size(picture, times, self._tools)
        sent = await self._on_latents(picture, times)
        fields = {
            "image": Base64(sent.blob),
            "upscaling_resize": times,
            "upscaler_1": self._settings.upscaler,  # without it the picture comes back as it was, with status 200
        }
        answer = await self._work.run("/sdapi/v1/extra-single-image", fields, report)
        made = await from_base64(upscaled(answer), self._tools)
        if (made.width, made.height) != (sent.width * times, sent.height * times):
            raise EmptyAnswer(f"upscaled to {made.width}x{made.height}, which is not what was asked", status=200)
        return (Made(await self._off_latents(made, whole)),)

    async def probe(self) -> None:
        """Unknown names would only show later: the WebUI drops an unknown checkpoint without a word."""
        settings = self._settings
        models = items(await self._http.get("/sdapi/v1/sd-models"))
        if settings.model and not any(settings.model in (item.get("title"), item.get("model_name")) for item in models):
            raise Rejected(f"it has no checkpoint {settings.model}", status=HTTPStatus.NOT_FOUND)
        if settings.upscaler is None:
            return
        upscalers = items(await self._http.get("/sdapi/v1/upscalers"))
        if not any(item.get("name") == settings.upscaler for item in upscalers):
            raise Rejected(f"it has no upscaler {settings.upscaler}", status=HTTPStatus.NOT_FOUND)

    def _fields(self, request: GenerateRequest | EditRequest, size: tuple[int, int]) -> dict[str, object]:
        settings = self._settings
        fields: dict[str, object] = {
            "prompt": request.prompt,
            "negative_prompt": settings.negative_prompt,
            "width": size[0],
            "height": size[1],
            "batch_size": request.n,
            "n_iter": 1,
            "steps": settings.steps,
            "cfg_scale": settings.cfg_scale,
            "sampler_name": settings.sampler,
            "scheduler": settings.scheduler,
            "denoising_strength": settings.denoising_strength if isinstance(request, EditRequest) else None,
            "override_settings": {"sd_model_checkpoint": settings.model} if settings.model else None,
            "send_images": True,
            "save_images": False,
            **_understood(request),
            **settings.extra,
        }
        return {name: value for name, value in fields.items() if value is not None}

    async def _mask(self, request: EditRequest) -> dict[str, object]:
        mask = await mask_for(request, Polarity.WHITE, self._tools)
        return {"mask": Base64(mask.blob), **self._settings.inpainting.model_dump()}

    async def _drawn(self, path: str, fields: Mapping[str, object], n: int, report: Report) -> tuple[Made, ...]:
        pictures = drawn(await self._work.run(path, fields, report), n)
        found = await those_of(from_base64(item, self._tools) for item in pictures)
        return tuple(Made(picture) for picture in found)

    async def _on_latents(self, picture: Picture, times: int) -> Picture:
        """`picture` so large that its sides times `times` are multiples of 8, to which the WebUI would cut them."""
        step = STEP // times
        if picture.width % step == 0 and picture.height % step == 0:
            return picture
        work = partial(padded, picture, step)
        try:
            return await self._tools.workers.run(work, size=costs.padding(picture))
        except PictureError as error:
            raise BadRequest.field("image", f"{error}.") from None

    async def _off_latents(self, made: Picture, size: tuple[int, int]) -> Picture:
        if (made.width, made.height) == size:
            return made
        try:
            return await self._tools.workers.run(partial(cut, made, size), size=costs.recoding(made, ImageFormat.PNG))
        except PictureError as error:
            raise EmptyAnswer(f"no picture: {error}") from error


def _capabilities(settings: Automatic1111Settings) -> Capabilities:
    png = frozenset({ImageFormat.PNG})  # unless the WebUI is set otherwise; it cannot be asked for
    operations = {
        Operation.GENERATE: Capability(max_n=settings.max_n, output_formats=png),
        Operation.EDIT: Capability(max_n=settings.max_n, output_formats=png, max_images=1, masks=True),
    }
    if settings.upscaler is not None:
        operations[Operation.UPSCALE] = Capability(output_formats=png)
    return Capabilities(operations, _EXTRAS)


def _credentials(settings: Automatic1111Settings) -> dict[str, str]:
    if settings.password is None:
        return {}
    pair = f"{settings.username}:{settings.password.get_secret_value()}"
    return {hdrs.AUTHORIZATION: f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _understood(request: ImageRequest) -> dict[str, object]:
    """What the client asked for beyond the published fields."""
    asked = {
        "seed": integer(request, "seed", least=-1, most=LARGEST_SEED),
        "negative_prompt": text(request, "negative_prompt", longest=LONGEST_PROMPT),
        "steps": integer(request, "steps", least=1, most=MOST_STEPS),
        "cfg_scale": number(request, "cfg_scale", least=1, most=MOST_CFG_SCALE),
        "denoising_strength": number(request, "denoising_strength", least=0, most=1),
    }
    return {name: value for name, value in asked.items() if value is not None}
