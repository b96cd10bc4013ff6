"""predict, as Vertex AI's Imagen models speak it: generate, edit with a mask, upscale, and every way they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gateway.images import EditRequest, GenerateRequest, Picture, UpscaleFactor
from gateway.upstreams.base import ContentRefused, EmptyAnswer, Made, UpstreamError
from gateway.upstreams.http import HttpAnswer
from gateway.upstreams.json_body import Base64
from gateway.upstreams.long_texts import Texts, parse
from gateway.upstreams.results import from_base64, those_of
from gateway.upstreams.tools import Tools

MOST_PICTURES = 4
"""That one call makes."""

_SUPPORT_CODE = re.compile(r"\b[0-9]{8}\b")


def generate_document(
    request: GenerateRequest,
    *,
    output: Mapping[str, object],
    image_size: str | None,
    seed: int | None,
    negative_prompt: str | None,
) -> dict[str, object]:
    told = {
        "aspectRatio": request.ratio.value if request.ratio is not None else None,
        "sampleImageSize": image_size,
        "seed": seed,
        "negativePrompt": negative_prompt,
    }
    said = {name: value for name, value in told.items() if value is not None}
    return {
        "instances": [{"prompt": request.prompt}],
        "parameters": {**_parameters(request.n, output), **said},
    }


def edit_document(
    request: EditRequest, picture: Picture, mask: Picture | None, *, dilation: float, output: Mapping[str, object]
) -> dict[str, object]:
    """`mask` is white where `picture` may change; without one the whole of it may."""
    references: list[dict[str, object]] = [
        {"referenceType": "REFERENCE_TYPE_RAW", "referenceId": 1, "referenceImage": _image(picture)}
    ]
    if mask is not None:
        references.append(
            {
                "referenceType": "REFERENCE_TYPE_MASK",
                "referenceId": 2,
                "referenceImage": _image(mask),
                "maskImageConfig": {"maskMode": "MASK_MODE_USER_PROVIDED", "dilation": dilation},
            }
        )
    mode = "EDIT_MODE_INPAINT_INSERTION" if mask is not None else "EDIT_MODE_DEFAULT"
    return {
        "instances": [{"prompt": request.prompt, "referenceImages": references}],
        "parameters": {**_parameters(request.n, output), "editMode": mode},
    }


def upscale_document(picture: Picture, factor: UpscaleFactor, *, output: Mapping[str, object]) -> dict[str, object]:
    return {
        "instances": [{"image": _image(picture)}],
        "parameters": {
            **_parameters(1, output),
            "mode": "upscale",
            "upscaleConfig": {"upscaleFactor": factor.value},
        },
    }


async def read_predictions(answer: HttpAnswer, tools: Tools) -> tuple[Made, ...]:
    """The pictures of an answer that was a success by its status; fewer than asked for where some were filtered.

    Raises:
        ContentRefused: all were filtered.
        EmptyAnswer: there are none for another reason, or none can be read.
    """
    texts = parse(answer.body, "bytesBase64Encoded")
    found = [prediction for prediction in _predictions(texts.document) if prediction.get("bytesBase64Encoded")]
    if not found:
        raise _without_picture(texts.document, answer.status)
    return await those_of(_made(prediction, texts, tools) for prediction in found)


def _parameters(n: int, output: Mapping[str, object]) -> dict[str, object]:
    """With the reason of what is filtered: without asking for it, filtered pictures are missing in silence."""
    return {"sampleCount": n, "includeRaiReason": True, **({"outputOptions": output} if output else {})}


def _image(picture: Picture) -> dict[str, object]:
    return {"bytesBase64Encoded": Base64(picture.blob), "mimeType": picture.format.mime}


def _predictions(body: object) -> Iterator[Mapping[str, object]]:
    found = body.get("predictions") if isinstance(body, dict) else None
    yield from (item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()


async def _made(prediction: Mapping[str, object], texts: Texts, tools: Tools) -> Made:
    data, revised = prediction["bytesBase64Encoded"], prediction.get("prompt")
    if not isinstance(data, str):
        raise EmptyAnswer("a picture that is not text")
    return Made(await from_base64(texts(data), tools), revised if isinstance(revised, str) and revised else None)


def _without_picture(body: object, status: int) -> UpstreamError:
    if body is None:
        return EmptyAnswer("not JSON", status=status)
    reasons = [reason for item in _predictions(body) if (reason := item.get("raiFilteredReason"))]
    if not reasons:
        return EmptyAnswer("no predictions", status=status)
    codes = sorted({number for reason in reasons for number in _SUPPORT_CODE.findall(str(reason))})
    return ContentRefused(f"filtered, support codes {', '.join(codes) or 'none'}", status=status)
