"""The published fields of the three operations: their types, bounds, defaults, and words for what is accepted."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gateway.errors import BadRequest
from gateway.images import LARGEST_N, LONGEST_PROMPT, MOST_INPUT_PICTURES, AspectRatio, Operation
from gateway.inputs.fields import Fields, Upload

ACCEPTED = {
    "prompt": f"Accepted: a text of 1 to {LONGEST_PROMPT} characters.",
    "image": "Accepted: an http(s) URL, a data URL, base64 text, an uploaded file, or a list of up to"
    f" {MOST_INPUT_PICTURES} of these.",
    "mask": "Accepted: one picture, given like the image and of the same size.",
    "model": "Accepted: the id of a model, as listed at /v1/models.",
    "n": f"Accepted: an integer from 1 to {LARGEST_N}.",
    "size": "Accepted: WIDTHxHEIGHT such as 1024x1024, or auto.",
    "aspect_ratio": f"Accepted: {', '.join(AspectRatio)}.",
    "output_format": "Accepted: png, jpeg, webp.",
    "response_format": "Accepted: url, b64_json.",
    "upscale_factor": "Accepted: x2, x4.",
    "stream": "Accepted: true, false.",
}

SIZES = [f"{ratio.pixels[0]}x{ratio.pixels[1]}" for ratio in AspectRatio]

Prompt: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT)
]
Count: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_N)]
Ratio: TypeAlias = Literal["1:1", "16:9", "9:16", "3:4", "4:3"]
Format: TypeAlias = Literal["png", "jpeg", "webp"]
Response: TypeAlias = Literal["url", "b64_json"]
Factor: TypeAlias = Literal["x2", "x4"]
OnePicture: TypeAlias = str | Upload
Pictures: TypeAlias = OnePicture | Annotated[list[OnePicture], Field(min_length=1, max_length=MOST_INPUT_PICTURES)]


class Body(BaseModel):
    # Unknown fields are never refused: drivers may understand them, and clients send more every year.
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True, arbitrary_types_allowed=True)

    model: str | None = Field(None, description="Model id; the operation's default model when absent.")
    output_format: Format = Field("png", description="Format of the pictures that come out.")
    response_format: Response | None = Field(
        None, description="A hosted URL, or the bytes as base64 text. Default: url, or what the model is configured to."
    )

    @property
    def extras(self) -> dict[str, Any]:
        return self.model_extra or {}


class GenerateBody(Body):
    prompt: Prompt = Field(description="What the picture shows.")
    n: Count = Field(1, description="How many pictures.")
    size: str | None = Field(None, description="Selects a ratio, never pixels. Prefer aspect_ratio, which wins over it.")
    aspect_ratio: Ratio | None = Field(None, description="Ratio of width to height.")
    stream: bool = Field(False, description="Answer with server-sent events.")  # noqa: FBT003


class EditBody(GenerateBody):
    prompt: Prompt = Field(description="The instruction: what is to change.")
    image: Pictures = Field(description=f"The picture to edit, or up to {MOST_INPUT_PICTURES}; the first sets the size.")
    mask: OnePicture | None = Field(
        None, description="Where the picture may change: transparent, or white in a mask without transparency."
    )


class UpscaleBody(Body):
    image: OnePicture = Field(description="The picture to enlarge.")
    upscale_factor: Factor = Field("x2", description="How many times as wide and as high.")


BODIES: dict[Operation, type[Body]] = {
    Operation.GENERATE: GenerateBody,
    Operation.EDIT: EditBody,
    Operation.UPSCALE: UpscaleBody,
}


def parse_body(operation: Operation, fields: Fields) -> Body:
    """The fields as the body of `operation`, JSON strictly and forms by reading their text.

    Raises:
        BadRequest: names the first bad field and what it accepts.
    """
    body = BODIES[operation]
    values = fields.values
    if operation is Operation.UPSCALE and isinstance(values.get("image"), list):
        values = {**values, "image": _only(values["image"])}
    try:
        return body.model_validate(values, strict=fields.strict)
    except ValidationError as error:
        name = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
        required = body.model_fields[name].is_required()
        raise BadRequest.field(name, ACCEPTED[name], required=required) from None


def _only(pictures: object) -> object:
    """A list of one picture is that picture; of more, an upscale could not say which."""
    if isinstance(pictures, list) and len(pictures) == 1:
        return pictures[0]
    raise BadRequest.field("image", "Accepted: exactly one picture.")
