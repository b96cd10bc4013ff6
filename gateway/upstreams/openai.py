"""Any server that speaks OpenAI's images API; what the look-alikes do otherwise is a setting."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from aiohttp import FormData, hdrs
from pydantic import Field, SecretStr, field_validator, model_validator

from gateway.config import Address, Section, UpstreamSettings
from gateway.images import (
    OUTPUT_FORMATS,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    ImageRequest,
    Operation,
    UpscaleRequest,
)
from gateway.imaging.masks import Polarity
from gateway.upstreams.base import (
    Capabilities,
    Capability,
    Made,
    Rejected,
    Report,
    UpstreamError,
)
from gateway.upstreams.extras import passed_on
from gateway.upstreams.http import HttpAnswer, UpstreamHttp
from gateway.upstreams.openai_answers import PARTIAL_IMAGES, StreamedPictures, failure_of, pictures_of
from gateway.upstreams.openai_presets import PRESETS, SIZES, SizeMode
from gateway.upstreams.outgoing import attach, mask_for, picture_for, pictures_for, upscaled_size, write
from gateway.upstreams.tools import Tools


class UpscaleSettings(Section):
    """A route for upscaling, which OpenAI has not and some look-alikes have."""

    path: str = "/images/upscale"
    field: str = "upscale_factor"
    value: str = "x{n}"
    """How the factor is written; {n} is 2 or 4."""

    @field_validator("value")
    @classmethod
    def _has_no_other_field(cls, value: str) -> str:
        try:
            value.format(n=2)
        except (LookupError, ValueError, AttributeError, TypeError):
            raise ValueError("must be a text in which {n} stands for the factor, and nothing else in braces") from None
        return value


class OpenAISettings(UpstreamSettings):
    driver: Literal["openai"]
    preset: Literal["openai", "azure", "localai", "stable-diffusion.cpp", "vllm-omni", "sglang", "xai", "together"] = (
        "openai"
    )
    """Sets the defaults of all keys below to what a kind of server needs."""
    base_url: Address
    api_key: SecretStr | None = None
    auth_header: Literal["authorization", "api-key"] = "authorization"
    api_version: str | None = None
    """Sent as `?api-version=`, which Azure demands."""
    model: str
    size_mode: SizeMode = SizeMode.FREE
    sizes: Mapping[AspectRatio, Annotated[str, Field(pattern=r"^[0-9]+x[0-9]+$")]] = Field(default_factory=dict)
    """Pixels for single ratios, where the size mode's are not the right ones."""
    send_response_format: Literal[False, "b64_json", "base64", "url"] = False
    """OpenAI refuses the field; most look-alikes need it, or they answer with an address."""
    send_output_format: bool = True
    output_formats: frozenset[ImageFormat] = frozenset(OUTPUT_FORMATS)
    """What may be asked for; any other format is made here."""
    input_formats: frozenset[ImageFormat] = frozenset(OUTPUT_FORMATS)
    max_n: Annotated[int, Field(ge=1)] = 10
    edits: Literal["multipart", "inpainting", "none"] = "multipart"
    image_field: str = "image[]"
    mask: Literal["transparent", "white", "none"] = "transparent"
    upscale: UpscaleSettings | None = None
    stream: bool = False
    """Whether the server streams: partial pictures are then passed on to clients that stream."""
    extras: frozenset[str] = frozenset()
    """Request fields that are passed on when a client sends them."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """Fields that are sent with every request."""

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, keys: object) -> object:
        if not isinstance(keys, dict):
            return keys
        return {**PRESETS.get(str(keys.get("preset", "openai")), {}), **keys}


class OpenAIUpstream:
    def __init__(self, name: str, settings: OpenAISettings, tools: Tools) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._http = UpstreamHttp(settings.base_url, headers=_credentials(settings), timeout=settings.timeout)
        self._params = {"api-version": settings.api_version} if settings.api_version else {}

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        body = {
            "prompt": request.prompt,
            "n": request.n,
            **self._shape(request.ratio),
            **self._common(request),
        }
        return await self._sent("/images/generations", request, report, json=body)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        form = FormData()
        texts = {
            "prompt": request.prompt,
            "n": request.n,
            **self._shape(request.ratio),
            **self._common(request),
        }
        write(form, texts)
        inpainting = self._settings.edits == "inpainting"
        pictures = await pictures_for(request, self._settings.input_formats, self._tools)
        for picture in pictures[:1] if inpainting else pictures:
            attach(form, "image" if inpainting else self._settings.image_field, picture)
        if request.mask is not None:
            mask = await mask_for(request, Polarity(self._settings.mask), self._tools)
            attach(form, "mask", mask)
        path = "/images/inpainting" if inpainting else "/images/edits"
        return await self._sent(path, request, report, form=form)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        route = self._settings.upscale
        if route is None:
            raise Rejected("this upstream has no route for upscaling")
        form = FormData()
        write(form, {**self._common(request), route.field: route.value.format(n=request.upscale_factor.times)})
        picture = await picture_for(request.image, self._settings.input_formats, self._tools)
        upscaled_size(picture, request.upscale_factor.times, self._tools)
        attach(form, "image", picture)
        return await self._made(await self._http.post(route.path, form=form, params=self._params))

    async def probe(self) -> None:
        answer = await self._http.get("/models", params=self._params)
        if self._settings.preset == "azure" and answer.status == HTTPStatus.NOT_FOUND:
            return  # a deployment's address has no list of models
        if not answer.ok:
            raise failure_of(answer)
        listed = _listed(answer.json())
        if listed and self._settings.model not in listed:
            raise Rejected(f"the model {self._settings.model} is not among those listed", status=HTTPStatus.NOT_FOUND)

    async def _sent(
        self,
        path: str,
        request: GenerateRequest | EditRequest,
        report: Report,
        *,
        json: object = None,
        form: FormData | None = None,
    ) -> tuple[Made, ...]:
        if not self._streams(request):
            return await self._made(await self._http.post(path, json=json, form=form, params=self._params))
        told = StreamedPictures(report, self._tools)
        try:
            answer = await self._http.post_streamed(path, told, json=json, form=form, params=self._params)
        except UpstreamError as error:
            return told.pictures(broken=error)
        return told.pictures() if told.began else await self._made(answer)

    def _streams(self, request: GenerateRequest | EditRequest) -> bool:
        return self._settings.stream and request.stream

    def _shape(self, ratio: AspectRatio | None) -> dict[str, object]:
        """How the ratio is said; an edit that keeps its own says nothing."""
        mode = self._settings.size_mode
        if ratio is None or mode is SizeMode.NONE:
            return {}
        if mode is SizeMode.RATIO:
            return {"aspect_ratio": ratio.value}
        table = SIZES.get(mode, SIZES[SizeMode.PUBLISHED])
        size = self._settings.sizes.get(ratio, table[ratio])
        if mode is SizeMode.PIXELS:
            width, height = size.split("x")
            return {"width": int(width), "height": int(height)}
        return {"size": size}

    def _common(self, request: ImageRequest) -> dict[str, object]:
        settings = self._settings
        fields: dict[str, object] = {"model": settings.model}
        if settings.send_output_format and request.output_format in settings.output_formats:
            fields["output_format"] = request.output_format.value
        if settings.send_response_format:
            fields["response_format"] = settings.send_response_format
        extras = passed_on(request, self.capabilities.extras)
        if isinstance(request, GenerateRequest | EditRequest) and self._streams(request):
            fields["stream"] = True
        else:
            extras.pop(PARTIAL_IMAGES, None)  # refused where nothing is streamed
        return {**fields, **extras, **settings.extra}

    async def _made(self, answer: HttpAnswer) -> tuple[Made, ...]:
        return await pictures_of(answer, self._http, self._tools)


def _listed(body: object) -> set[str]:
    items = body.get("data") if isinstance(body, dict) else None
    return {str(item.get("id")) for item in items if isinstance(item, dict)} if isinstance(items, list) else set()


def _capabilities(settings: OpenAISettings) -> Capabilities:
    operations = {
        Operation.GENERATE: Capability(max_n=settings.max_n, output_formats=settings.output_formats),
    }
    if settings.edits != "none":
        operations[Operation.EDIT] = Capability(
            max_n=settings.max_n if settings.edits == "multipart" else 1,
            output_formats=settings.output_formats,
            max_images=16 if settings.edits == "multipart" else 1,
            masks=settings.mask != "none",
            needs_mask=settings.edits == "inpainting",
        )
    if settings.upscale is not None:
        operations[Operation.UPSCALE] = Capability(output_formats=settings.output_formats)
    extras = settings.extras | {PARTIAL_IMAGES} if settings.stream else settings.extras
    return Capabilities(operations, extras)


def _credentials(settings: OpenAISettings) -> dict[str, str]:
    if settings.api_key is None:
        return {}
    key = settings.api_key.get_secret_value()
    return {"api-key": key} if settings.auth_header == "api-key" else {hdrs.AUTHORIZATION: f"Bearer {key}"}
