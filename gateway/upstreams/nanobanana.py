"""A peer with this gateway's own API: another deployment of it, or the public service that it was modelled on."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aiohttp import FormData, hdrs
from pydantic import Field, SecretStr

from gateway.config import Address, UpstreamSettings
from gateway.images import (
    LARGEST_N,
    MOST_INPUT_PICTURES,
    OUTPUT_FORMATS,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageRequest,
    Operation,
    Picture,
    ResponseFormat,
    UpscaleRequest,
)
from gateway.imaging.masks import Polarity
from gateway.upstreams.base import Ambiguous, Capabilities, Capability, EmptyAnswer, Made, Report, UpstreamError
from gateway.upstreams.extras import passed_on
from gateway.upstreams.http import HttpAnswer, UpstreamHttp
from gateway.upstreams.openai_answers import failure_of, pictures_of
from gateway.upstreams.outgoing import attach, mask_for, picture_for, pictures_for, upscaled_size, write
from gateway.upstreams.tools import Tools

_INPUT_FORMATS = frozenset(OUTPUT_FORMATS)


class NanoBananaSettings(UpstreamSettings):
    driver: Literal["nanobanana"]
    base_url: Address
    """With /v1 at its end."""
    api_key: SecretStr | None = None
    model: str | None = None
    """The peer's name of the model that generates and edits; by default the one that the client has named."""
    upscale_model: str | None = None
    """The same for upscaling."""
    max_n: Annotated[int, Field(ge=1, le=LARGEST_N)] = LARGEST_N
    """Pictures of one call; 1 for a peer that ignores `n`."""
    masks: bool = True
    """Whether the peer takes masks. The public service ignores them, which would change the whole picture."""
    max_images: Annotated[int, Field(ge=1, le=MOST_INPUT_PICTURES)] = MOST_INPUT_PICTURES
    """Input pictures of one edit; 1 for the public service."""
    extras: frozenset[str] = frozenset({"seed", "negative_prompt", "quality", "background", "strict"})
    """Request fields that are passed on when a client sends them."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """Fields that are sent with every request."""


class NanoBananaUpstream:
    def __init__(self, name: str, settings: NanoBananaSettings, tools: Tools) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._http = UpstreamHttp(settings.base_url, headers=_credentials(settings), timeout=settings.timeout)

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        return await self._made(await self._http.post("/images/generations", json=self._picturing(request)))

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        fields = self._picturing(request)
        pictures = await pictures_for(request, _INPUT_FORMATS, self._tools)
        mask = await mask_for(request, Polarity.TRANSPARENT, self._tools) if request.mask else None
        return await self._made(await self._http.post("/images/edits", form=await _form(fields, pictures, mask)))

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        fields = {
            "upscale_factor": request.upscale_factor.value,
            **self._common(request, self._settings.upscale_model),
        }
        picture = await picture_for(request.image, _INPUT_FORMATS, self._tools)
        upscaled_size(picture, request.upscale_factor.times, self._tools)
        return await self._made(await self._http.post("/images/upscale", form=await _form(fields, [picture])))

    async def probe(self) -> None:
        answer = await self._http.get("/models")
        if not answer.ok:
            raise _failure(answer)
        match answer.json():
            case {"data": list()}:
                return
            case _:
                raise EmptyAnswer("the answer is not a list of models: does base_url end in /v1?", status=answer.status)

    def _picturing(self, request: GenerateRequest | EditRequest) -> dict[str, object]:
        return {
            "prompt": request.prompt,
            "n": request.n,
            **_shape(request.ratio),
            **self._common(request, self._settings.model),
        }

    def _common(self, request: ImageRequest, model: str | None) -> dict[str, object]:
        return {
            "model": model or request.model,
            "output_format": request.output_format.value,
            "response_format": ResponseFormat.B64_JSON.value,
            **passed_on(request, self._settings.extras),
            **self._settings.extra,
        }

    async def _made(self, answer: HttpAnswer) -> tuple[Made, ...]:
        if not answer.ok:
            raise _failure(answer)
        return await pictures_of(answer, self._http, self._tools)


def _capabilities(settings: NanoBananaSettings) -> Capabilities:
    return Capabilities(
        {
            Operation.GENERATE: Capability(max_n=settings.max_n),
            Operation.EDIT: Capability(max_n=settings.max_n, max_images=settings.max_images, masks=settings.masks),
            Operation.UPSCALE: Capability(),
        },
        settings.extras,
    )


def _credentials(settings: NanoBananaSettings) -> dict[str, str]:
    return {hdrs.AUTHORIZATION: f"Bearer {settings.api_key.get_secret_value()}"} if settings.api_key else {}


def _shape(ratio: AspectRatio | None) -> dict[str, object]:
    """Said twice: older deployments know only `size`, ours let `aspect_ratio` win. An edit may say nothing."""
    if ratio is None:
        return {}
    width, height = ratio.pixels
    return {"aspect_ratio": ratio.value, "size": f"{width}x{height}"}


async def _form(fields: Mapping[str, object], pictures: list[Picture], mask: Picture | None = None) -> FormData:
    """Pictures travel as files: in JSON they would be a third longer."""
    form = FormData()
    write(form, fields)
    for picture in pictures:
        attach(form, "image", picture)
    if mask is not None:
        attach(form, "mask", mask)
    return form


def _failure(answer: HttpAnswer) -> UpstreamError:
    if answer.status == HTTPStatus.GATEWAY_TIMEOUT:
        # The peer's deadline, not its backend's: our client is told the same as the peer's would be.
        return Ambiguous("the peer ran out of time", timed_out=True)
    return failure_of(answer)
