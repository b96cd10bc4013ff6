"""Body to typed request, or a refusal that names the field."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from gateway.errors import BadRequest, PayloadTooLarge
from gateway.images import (
    AnyRequest,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    Operation,
    Picture,
    PictureInput,
    PictureUrl,
    ResponseFormat,
    UpscaleFactor,
    UpscaleRequest,
)
from gateway.imaging.errors import PictureError
from gateway.imaging.limits import PictureLimits
from gateway.imaging.reading import read_picture
from gateway.inputs.base64_text import decode_picture_text
from gateway.inputs.bodies import Body, EditBody, GenerateBody, UpscaleBody, parse_body
from gateway.inputs.fields import BodyLimits, Upload, read_fields
from gateway.middleware.links import Handler, Link
from gateway.models import Model, Models
from gateway.request_keys import IMAGE_REQUEST, allowed_models


@dataclass(frozen=True, slots=True)
class InputLimits:
    body: BodyLimits
    picture: PictureLimits


def validation(operation: Operation, models: Models, limits: InputLimits) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        body = parse_body(operation, await read_fields(request, limits.body))
        model = models.resolve(body.model, operation, allowed_models(request))
        request[IMAGE_REQUEST] = await _typed(body, model, limits.picture)
        return await handler(request)

    return link


async def _typed(body: Body, model: Model, limits: PictureLimits) -> AnyRequest:
    output_format = ImageFormat(body.output_format)
    extras: Mapping[str, object] = MappingProxyType(
        {name: value for name, value in body.extras.items() if name in model.extras and value is not None}
    )
    match body:
        case EditBody():
            sent = body.image if isinstance(body.image, list) else [body.image]
            return EditRequest(
                model=model.id,
                output_format=output_format,
                response_format=_response_format(body, model, Operation.EDIT),
                extras=extras,
                prompt=body.prompt,
                images=tuple([await _picture(item, "image", limits) for item in sent]),
                mask=await _picture(body.mask, "mask", limits) if body.mask is not None else None,
                n=body.n,
                size=body.size,
                aspect_ratio=body.aspect_ratio,
                stream=body.stream,
            )
        case GenerateBody():
            return GenerateRequest(
                model=model.id,
                output_format=output_format,
                response_format=_response_format(body, model, Operation.GENERATE),
                extras=extras,
                prompt=body.prompt,
                n=body.n,
                size=body.size,
                aspect_ratio=body.aspect_ratio,
                stream=body.stream,
            )
        case UpscaleBody():
            return UpscaleRequest(
                model=model.id,
                output_format=output_format,
                response_format=_response_format(body, model, Operation.UPSCALE),
                extras=extras,
                image=await _picture(body.image, "image", limits),
                upscale_factor=UpscaleFactor(body.upscale_factor),
            )
    raise TypeError(type(body))


def _response_format(body: Body, model: Model, operation: Operation) -> ResponseFormat:
    return ResponseFormat(body.response_format) if body.response_format else model.response_format(operation)


async def _picture(sent: str | Upload, param: str, limits: PictureLimits) -> PictureInput:
    if isinstance(sent, str) and sent[:8].lower().startswith(("http://", "https://")):
        return PictureUrl(sent)
    # Decoding and walking 20 MB takes tens of milliseconds: too long for the event loop.
    return await asyncio.to_thread(_read, sent, param, limits)


def _read(sent: str | Upload, param: str, limits: PictureLimits) -> Picture:
    data = decode_picture_text(sent, param, limits.max_bytes) if isinstance(sent, str) else sent.data
    if len(data) > limits.max_bytes:
        raise PayloadTooLarge(f"The picture has more than {limits.max_bytes} bytes", param=param)
    try:
        return read_picture(data, limits)
    except PictureError as error:
        raise BadRequest.picture(param, f"{error}.") from None
