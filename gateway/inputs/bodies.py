"""The published fields of the three operations: types, bounds, defaults, and words for what is accepted."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import SkipJsonSchema

from gateway.errors import BadRequest
from gateway.images import LARGEST_N, LONGEST_PROMPT, MOST_INPUT_PICTURES, AspectRatio, Operation
from gateway.inputs.fields import Fields, Upload
from gateway.inputs.long_text import LongText

ACCEPTED = {
    "prompt": f"Accepted: a text of 1 to {LONGEST_PROMPT} characters, none of them NUL.",
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


def _without_nul(text: str) -> str:
    """Backends written in C would read a prompt up to it, and act on something else than was checked."""
    if "\0" in text:
        raise ValueError("a NUL is no character of a prompt")
    return text


Prompt: TypeAlias = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_PROMPT),
    AfterValidator(_without_nul),
    # How a schema says that blanks alone are no prompt, and neither is anything with a NUL.
    Field(json_schema_extra={"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}),
]
Count: TypeAlias = Annotated[int, Field(ge=1, le=LARGEST_N)]
Ratio: TypeAlias = Literal["1:1", "16:9", "9:16", "3:4", "4:3"]
Format: TypeAlias = Literal["png", "jpeg", "webp"]
Response: TypeAlias = Literal["url", "b64_json"]
Factor: TypeAlias = Literal["x2", "x4"]
# Said in the schema, left to the decoder: counting the characters of megabytes of base64 takes its time.
Text: TypeAlias = Annotated[str, Field(json_schema_extra={"minLength": 1})]
File: TypeAlias = Annotated[InstanceOf[Upload], WithJsonSchema({"type": "string", "format": "binary"})]
OnePicture: TypeAlias = Text | File | SkipJsonSchema[InstanceOf[LongText]]
Pictures: TypeAlias = OnePicture | Annotated[list[OnePicture], Field(min_length=1, max_length=MOST_INPUT_PICTURES)]

_FORMS = (
    " Given as an http(s) URL, a data URL such as `data:image/png;base64,...`, bare base64 text, or an uploaded file of"
    " a multipart form. PNG, JPEG, WebP, GIF and BMP are taken, told apart by their bytes alone."
)
_SIZE = (
    "Names a ratio, never a number of pixels; `aspect_ratio` wins over it. One of the five documented sizes, a ratio"
    " such as `16:9`, `auto` (the same as none at all), or any WIDTHxHEIGHT near one of the five ratios, so 1920x1080"
    " means 16:9 and 1536x1024 means 4:3. Anything else is refused."
)
_KEEPS_SHAPE = " An edit without `aspect_ratio` and `size` keeps the shape of its source."


class Body(BaseModel):
    # Unknown fields are never refused: drivers may understand them, and clients send more every year.
    # The descriptions are read by the clients' authors: they stand in the OpenAPI document.
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    model: str | None = Field(
        None,
        description="Id of a model that can do this, as listed at `/v1/models`, or an alias of it. Without it the"
        " operation's default model works.",
    )
    output_format: Format = Field(
        "png", description="File format of the result. JPEG knows no transparency: it becomes white there."
    )
    response_format: Response | None = Field(
        None,
        description="`url` answers with an address on this gateway that works until the picture expires,"
        " `b64_json` with the bytes as base64 text without a data prefix. The default may be configured for"
        " each model.",
    )

    @property
    def extras(self) -> dict[str, Any]:
        return self.model_extra or {}


class GenerateBody(Body):
    prompt: Prompt = Field(
        description="What the picture shows. Blanks at both ends are cut off and do not count.",
        examples=["A lighthouse on a cliff at dusk, oil on canvas"],
    )
    n: Count = Field(1, description="How many pictures to make.")
    size: str | None = Field(None, description=_SIZE)
    aspect_ratio: Ratio | None = Field(
        None, description="Width to height of the result. Wins over `size`. Without either a picture is square."
    )
    stream: bool = Field(
        False,
        description="Answer with server-sent events: previews where the backend gives any, then each picture.",
    )


class EditBody(GenerateBody):
    prompt: Prompt = Field(
        description="The instruction: what is to change. Blanks at both ends are cut off and do not count.",
        examples=["Let it snow, and light the windows"],
    )
    size: str | None = Field(None, description=_SIZE + _KEEPS_SHAPE)
    aspect_ratio: Ratio | None = Field(
        None, description="Width to height of the result. Wins over `size`." + _KEEPS_SHAPE
    )
    image: Pictures = Field(
        description=f"The picture to edit, or up to {MOST_INPUT_PICTURES} to work from; the first sets the"
        " shape." + _FORMS,
        examples=["https://example.com/house.png"],
    )
    mask: OnePicture | None = Field(
        None,
        description="Where the first picture may change, as one picture of the same size: what is transparent"
        " in it, or what is white in one without transparency. Given like `image`.",
    )


class UpscaleBody(Body):
    image: OnePicture = Field(
        description="The picture to enlarge." + _FORMS, examples=["https://example.com/house.png"]
    )
    upscale_factor: Factor = Field("x2", description="How many times as wide and as high the result is.")


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
