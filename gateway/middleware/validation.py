"""Body to typed request, or a refusal that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from gateway.errors import BadRequest
from gateway.images import (
    AnyRequest,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    Operation,
    PictureInput,
    PictureUrl,
    ResponseFormat,
    UpscaleFactor,
    UpscaleRequest,
)
from gateway.inputs.bodies import Body, EditBody, GenerateBody, UpscaleBody, parse_body
from gateway.inputs.fields import FieldReader, Upload
from gateway.inputs.long_text import LONG, LongText
from gateway.inputs.picture_intake import PictureIntake
from gateway.middleware.links import Handler, Link
from gateway.models import Model, Models
from gateway.request_keys import IMAGE_REQUEST, allowed_models
from gateway.spool import Spool


def validation(operation: Operation, models: Models, fields: FieldReader, intake: PictureIntake) -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[IMAGE_REQUEST] = await _understood(request)
        return await handler(request)

    async def _understood(request: web.Request) -> AnyRequest:
        """In a function of its own, so that nothing holds the body while the picture is made."""
        spool = intake.spool()
        body = parse_body(operation, await fields.read(request, spool))
        return await _typed(body, models.resolve(body.model, operation, allowed_models(request)), intake, spool)

    return link


async def _typed(body: Body, model: Model, intake: PictureIntake, spool: Spool) -> AnyRequest:
    async def picture(sent: str | LongText | Upload, param: str) -> PictureInput:
        if isinstance(sent, str) and sent[:8].lower().startswith(("http://", "https://")):
            return PictureUrl(sent)
        return await intake.take(sent, param, spool)

    output_format = ImageFormat(body.output_format)
    extras = _extras(body, model)
    match body:
        case EditBody():
            sent = body.image if isinstance(body.image, list) else [body.image]
            return EditRequest(
                model=model.id,
                output_format=output_format,
                response_format=_response_format(body, model, Operation.EDIT),
                extras=extras,
                prompt=body.prompt,
                images=tuple([await picture(item, "image") for item in sent]),
                mask=await picture(body.mask, "mask") if body.mask is not None else None,
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
                image=await picture(body.image, "image"),
                upscale_factor=UpscaleFactor(body.upscale_factor),
            )
    raise TypeError(type(body))


def _response_format(body: Body, model: Model, operation: Operation) -> ResponseFormat:
    return ResponseFormat(body.response_format) if body.response_format else model.response_format(operation)


def _extras(body: Body, model: Model) -> Mapping[str, object]:
    """What drivers of the model understand. None of it is a picture, so none of it is long."""
    extras = {name: value for name, value in body.extras.items() if name in model.extras and value is not None}
    for name, value in extras.items():
        if _holds_odd_text(value):
            raise BadRequest.field(name, f"Accepted: texts of less than {LONG} bytes, without NUL.", required=False)
    return MappingProxyType(extras)


def _holds_odd_text(value: object) -> bool:
    match value:
        case dict():
            return any(_holds_odd_text(item) for item in value.values())
        case list():
            return any(_holds_odd_text(item) for item in value)
        case str():
            return "\0" in value
        case _:
            return isinstance(value, LongText | Upload)
