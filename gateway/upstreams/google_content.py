"""generateContent, which the Gemini API and Vertex AI share: one request for one picture, and every way it answers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from gateway.config import Bytes, UpstreamSettings
from gateway.errors import BadRequest
from gateway.images import EditRequest, GenerateRequest, ImageFormat, ImageRequest, Picture
from gateway.upstreams.base import ContentRefused, EmptyAnswer, Made, UpstreamError
from gateway.upstreams.extras import integer
from gateway.upstreams.google_errors import code
from gateway.upstreams.http import HttpAnswer
from gateway.upstreams.json_body import Base64, JsonBody
from gateway.upstreams.long_texts import parse
from gateway.upstreams.outgoing import here, pictures_for
from gateway.upstreams.results import from_base64, those_of
from gateway.upstreams.tools import Tools

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
"""What every Gemini image model takes; more than clients can name, so that an edit can keep a shape like 3:2."""

LARGEST_SEED = 2**31 - 1

# Ends that say no; the others (NO_IMAGE, IMAGE_OTHER, OTHER, MAX_TOKENS ...) say that none was made.
_REFUSALS = frozenset(
    {
        "BLOCKLIST",
        "ESCALATION",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "IMAGE_SAFETY",
        "MODEL_ARMOR",
        "PROHIBITED_CONTENT",
        "PUP_LIMITED_DISABLED",
        "RECITATION",
        "SAFETY",
        "SPII",
    }
)

ModelId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
ApiVersion = Annotated[str, Field(pattern=r"^v[0-9]+[a-z0-9]*$")]


class ContentSettings(UpstreamSettings):
    """The keys that the two APIs share."""

    model: ModelId
    response_modalities: Annotated[tuple[Literal["TEXT", "IMAGE"], ...], Field(min_length=1)] = ("IMAGE",)
    image_size: Annotated[str, Field(pattern=r"^[0-9]+K?$")] | None = None
    """Such as 1K, 2K or 4K; some models must not be told."""
    input_formats: frozenset[ImageFormat] = frozenset({ImageFormat.PNG, ImageFormat.JPEG, ImageFormat.WEBP})
    max_images: Annotated[int, Field(ge=1)] = 14
    max_request: Annotated[Bytes, Field(gt=0)] = 100 * 10**6
    """Bytes of one request as JSON, pictures included."""
    extras: frozenset[Literal["seed", "negative_prompt"]] = frozenset({"seed"})
    """Request fields that are passed on when a client sends them."""
    extra: Mapping[str, Any] = Field(default_factory=dict)
    """Laid over every request, object by object."""

    @field_validator("response_modalities")
    @classmethod
    def _with_pictures(cls, modalities: tuple[str, ...]) -> tuple[str, ...]:
        if "IMAGE" not in modalities:
            raise ValueError("IMAGE must be among them")
        return modalities


async def content_document(
    request: GenerateRequest | EditRequest,
    settings: ContentSettings,
    tools: Tools,
    *,
    output: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """The body of generateContent, without `extra`.

    Args:
        request: asks for one picture.
        settings: of the upstream.
        tools: to make input pictures fit.
        output: how the picture is to be encoded, where the API lets one choose.

    Raises:
        BadRequest: an input picture is damaged, or the seed is none.
    """
    pictures = await pictures_for(request, settings.input_formats, tools) if isinstance(request, EditRequest) else []
    image = {
        "aspectRatio": _shape(request),
        "imageSize": settings.image_size,
        "imageOutputOptions": output or None,
    }
    config = {
        "responseModalities": list(settings.response_modalities),
        "imageConfig": _told(image) or None,
        "seed": seed(request, settings),
    }
    return {
        "contents": [{"role": "user", "parts": [*_inline(pictures), {"text": request.prompt}]}],
        "generationConfig": _told(config),
    }


def seed(request: ImageRequest, settings: ContentSettings) -> int | None:
    """Raises BadRequest where it is no seed."""
    return integer(request, "seed", least=0, most=LARGEST_SEED) if "seed" in settings.extras else None


def request_body(document: Mapping[str, object], settings: ContentSettings) -> JsonBody:
    """`document` and `extra`, ready to be sent.

    Raises:
        BadRequest: the pictures are too large together.
    """
    body = JsonBody(merged(document, settings.extra))
    if body.length > settings.max_request:
        raise BadRequest.field(
            "image",
            f"With its pictures the request has {body.length} bytes; this backend takes {settings.max_request}.",
        )
    return body


def merged(document: Mapping[str, object], extra: Mapping[str, object]) -> dict[str, object]:
    """`document` with `extra` laid over it, object by object; lists and values are replaced whole."""
    result = dict(document)
    for name, value in extra.items():
        below = result.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            result[name] = merged(below, value)
        else:
            result[name] = value
    return result


async def read_content(answer: HttpAnswer, tools: Tools) -> tuple[Made, ...]:
    """The pictures of an answer that was a success by its status.

    Raises:
        ContentRefused: the prompt, an input picture or the picture that was made is not allowed.
        EmptyAnswer: there is none for another reason, or none can be read.
    """
    texts = parse(answer.body, "data")
    pictures = [data for part in _parts(texts.document) if (data := _picture(part))]
    if not pictures:
        raise _without_picture(texts.document, answer.status)
    found = await those_of(from_base64(texts(data), tools) for data in pictures)
    return tuple(Made(picture) for picture in found)


def _inline(pictures: Sequence[Picture]) -> list[dict[str, object]]:
    """Under the type that the bytes have, whatever a client called it."""
    return [{"inlineData": {"mimeType": picture.format.mime, "data": Base64(picture.blob)}} for picture in pictures]


def _told(fields: Mapping[str, object]) -> dict[str, object]:
    """Without what is not said: Google refuses null here and there, and some models refuse some fields."""
    return {name: value for name, value in fields.items() if value is not None}


def _shape(request: GenerateRequest | EditRequest) -> str | None:
    """The ratio to name; None leaves it to the model, which then keeps that of the last input picture."""
    if request.ratio is not None:
        return request.ratio.value
    if not isinstance(request, EditRequest) or len(request.images) == 1:
        return None
    first = here(request.images[0])  # an edit keeps the shape of the first
    return min(RATIOS, key=lambda ratio: abs(math.log(first.width / first.height / _quotient(ratio))))


def _quotient(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def _candidates(body: object) -> list[Mapping[str, object]]:
    found = body.get("candidates") if isinstance(body, dict) else None
    return [candidate for candidate in found if isinstance(candidate, dict)] if isinstance(found, list) else []


def _parts(body: object) -> Iterator[Mapping[str, object]]:
    """All parts that are meant for the client: text and pictures come in any order, drafts come as thoughts."""
    for candidate in _candidates(body):
        match candidate:
            case {"content": {"parts": [*parts]}}:
                yield from (part for part in parts if isinstance(part, dict) and part.get("thought") is not True)


def _picture(part: Mapping[str, object]) -> str | None:
    match part:
        case {"inlineData": {"data": str(data), **others}} if str(others.get("mimeType", "image/")).startswith(
            "image/"
        ):
            return data
        case _:
            return None


def _without_picture(body: object, status: int) -> UpstreamError:
    match body:
        case None:
            return EmptyAnswer("not JSON", status=status)
        case {"promptFeedback": {"blockReason": str(reason)}}:
            return ContentRefused(f"blockReason {code(reason)}", status=status)
    ends = [end for candidate in _candidates(body) if (end := code(candidate.get("finishReason")))]
    said = f"finishReason {', '.join(ends)}" if ends else "no candidates"
    if _REFUSALS.intersection(ends):
        return ContentRefused(said, status=status)
    return EmptyAnswer(said, status=status)
