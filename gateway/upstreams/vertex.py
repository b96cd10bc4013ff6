"""Vertex AI: Gemini's image models by generateContent, Imagen's by predict, behind a project's credentials."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Literal

from aiohttp import hdrs
from pydantic import Field, SecretStr, model_validator

from gateway.clock import Clock
from gateway.config import Address, Bytes
from gateway.config_file import ConfigError
from gateway.errors import BadRequest
from gateway.images import (
    LONGEST_PROMPT,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    ImageRequest,
    Operation,
    Picture,
    PictureInput,
    UpscaleRequest,
)
from gateway.imaging.masks import Polarity
from gateway.upstreams.base import Capabilities, Capability, Made, Report
from gateway.upstreams.extras import text
from gateway.upstreams.google_content import (
    ApiVersion,
    ContentSettings,
    content_document,
    read_content,
    request_body,
    seed,
)
from gateway.upstreams.google_errors import google_failure
from gateway.upstreams.google_predict import (
    MOST_PICTURES,
    edit_document,
    generate_document,
    read_predictions,
    upscale_document,
)
from gateway.upstreams.google_tokens import Credentials, FixedCredentials, RenewedCredentials
from gateway.upstreams.http import HttpAnswer, UpstreamHttp
from gateway.upstreams.outgoing import mask_for, picture_for, upscaled_size
from gateway.upstreams.tools import Tools

OUTPUT_FORMATS = frozenset({ImageFormat.PNG, ImageFormat.JPEG})
MULTI_REGIONS = frozenset({"us", "eu"})


class Method(StrEnum):
    GENERATE_CONTENT = "generateContent"
    PREDICT = "predict"


_IMAGEN: Mapping[str, object] = {
    "method": Method.PREDICT,
    "location": "us-central1",
    "input_formats": [ImageFormat.PNG, ImageFormat.JPEG],
    "extras": [],
}
MODELS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "imagen-*-upscale-*": {**_IMAGEN, "operations": [Operation.UPSCALE]},
        "imagen-*-capability-*": {**_IMAGEN, "operations": [Operation.EDIT]},
        "imagen-*": {**_IMAGEN, "operations": [Operation.GENERATE]},
    }
)
"""Names of models -> the defaults of the keys below, the first that fits. Other models are Gemini's."""


class VertexSettings(ContentSettings):
    driver: Literal["vertex"]
    project: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.:-]*$")] | None = None
    location: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = "global"
    base_url: Address | None = None
    """By default the address of the location."""
    api_version: ApiVersion = "v1beta1"
    credentials: SecretStr | None = None
    """The JSON of a service account's key; without any of these three, application default credentials."""
    access_token: SecretStr | None = None
    api_key: SecretStr | None = None
    """Of Vertex AI in express mode, which needs no project."""
    quota_project: str | None = None
    """Pays for the calls instead of the project of the credentials."""
    method: Method = Method.GENERATE_CONTENT
    operations: Annotated[frozenset[Operation], Field(min_length=1)] = frozenset({Operation.GENERATE, Operation.EDIT})
    send_output_format: bool = True
    max_request: Annotated[Bytes, Field(gt=0)] = 20 * 10**6
    max_input: Annotated[Bytes, Field(gt=0)] = 10 * 10**6
    """Bytes of one picture that predict is given."""
    max_output_pixels: Annotated[int, Field(gt=0)] = 17_000_000
    """Of one picture that upscaling makes."""
    mask_dilation: Annotated[float, Field(ge=0, le=1)] = 0.01
    """How far a mask is widened, as a share of the picture's width."""

    @model_validator(mode="before")
    @classmethod
    def _with_defaults(cls, keys: object) -> object:
        if not isinstance(keys, dict):
            return keys
        model = str(keys.get("model"))
        return {**next((defaults for name, defaults in MODELS.items() if fnmatchcase(model, name)), {}), **keys}

    @model_validator(mode="after")
    def _consistent(self) -> VertexSettings:
        if sum(secret is not None for secret in (self.credentials, self.access_token, self.api_key)) > 1:
            raise ValueError("give one of credentials_file, access_token and api_key")
        if self.project is None and self.api_key is None:
            raise ValueError("project is required, unless there is an api_key")
        if self.method is Method.GENERATE_CONTENT and Operation.UPSCALE in self.operations:
            raise ValueError("operations: generateContent cannot upscale; predict can")
        if self.method is Method.GENERATE_CONTENT and "negative_prompt" in self.extras:
            raise ValueError("extras: generateContent takes no negative_prompt; predict does")
        return self

    @property
    def address(self) -> str:
        if self.base_url is not None:
            return self.base_url
        if self.location == "global":
            return "https://aiplatform.googleapis.com"
        if self.location in MULTI_REGIONS:
            return f"https://aiplatform.{self.location}.rep.googleapis.com"
        return f"https://{self.location}-aiplatform.googleapis.com"


class VertexUpstream:
    """Raises ConfigError where the credentials are none, or Google's library is needed and not installed."""

    def __init__(self, name: str, settings: VertexSettings, tools: Tools) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._credentials = _credentials(name, settings, tools.clock)
        self._published = f"/{settings.api_version}/publishers/google/models/{settings.model}"
        place = f"/projects/{settings.project}/locations/{settings.location}" if settings.project else ""
        self._model = f"/{settings.api_version}{place}/publishers/google/models/{settings.model}"
        self._payer = {"x-goog-user-project": settings.quota_project} if settings.quota_project else {}
        self._http = UpstreamHttp(settings.address, timeout=settings.timeout)

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._credentials.close()
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        if self._settings.method is Method.GENERATE_CONTENT:
            return await self._content(request)
        document = generate_document(
            request,
            output=self._output(request),
            image_size=self._settings.image_size,
            seed=seed(request, self._settings),
            negative_prompt=self._negative_prompt(request),
        )
        return await self._predict(document)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        if self._settings.method is Method.GENERATE_CONTENT:
            return await self._content(request)
        picture = await self._input(request.images[0])
        mask = await mask_for(request, Polarity.WHITE, self._tools) if request.mask is not None else None
        dilation = self._settings.mask_dilation
        return await self._predict(
            edit_document(request, picture, mask, dilation=dilation, output=self._output(request))
        )

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        picture = await self._input(request.image)
        self._require_room(picture, request)
        return await self._predict(upscale_document(picture, request.upscale_factor, output=self._output(request)))

    async def probe(self) -> None:
        headers = await self._credentials.headers()
        answer = await self._http.get(self._published, headers={**headers, **self._payer})
        self._require_success(answer, headers)

    async def _content(self, request: GenerateRequest | EditRequest) -> tuple[Made, ...]:
        output = self._output(request)
        document = await content_document(request, self._settings, self._tools, output=output)
        return await read_content(await self._post(document), self._tools)

    async def _predict(self, document: Mapping[str, object]) -> tuple[Made, ...]:
        return await read_predictions(await self._post(document), self._tools)

    async def _post(self, document: Mapping[str, object]) -> HttpAnswer:
        body = request_body(document, self._settings)
        headers = await self._credentials.headers()
        address = f"{self._model}:{self._settings.method}"
        answer = await self._http.post(address, body=body, headers={**headers, **self._payer})
        self._require_success(answer, headers)
        return answer

    def _require_success(self, answer: HttpAnswer, headers: Mapping[str, str]) -> None:
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._credentials.refused(headers)
        if not answer.ok:
            raise google_failure(answer)

    def _output(self, request: ImageRequest) -> dict[str, object]:
        """How the picture is encoded; what is converted here anyway comes without loss."""
        if not self._settings.send_output_format:
            return {}
        asked = request.output_format
        return {"mimeType": (asked if asked in OUTPUT_FORMATS else ImageFormat.PNG).mime}

    def _negative_prompt(self, request: ImageRequest) -> str | None:
        if "negative_prompt" not in self._settings.extras:
            return None
        return text(request, "negative_prompt", longest=LONGEST_PROMPT)

    async def _input(self, image: PictureInput) -> Picture:
        picture = await picture_for(image, self._settings.input_formats, self._tools)
        if picture.blob.size > self._settings.max_input:
            raise BadRequest.field(
                "image", f"It has {picture.blob.size} bytes; this backend takes {self._settings.max_input}."
            )
        return picture

    def _require_room(self, picture: Picture, request: UpscaleRequest) -> None:
        """Google would refuse it too, with a 400 that says nothing to a client."""
        width, height = upscaled_size(picture, request.upscale_factor.times, self._tools)
        most = self._settings.max_output_pixels
        if width * height > most:
            raise BadRequest.field(
                "image",
                f"Upscaled by {request.upscale_factor} it would be {width}x{height}; "
                f"this backend makes {most} pixels at most.",
            )


def _capabilities(settings: VertexSettings) -> Capabilities:
    formats = OUTPUT_FORMATS if settings.send_output_format else frozenset()
    if settings.method is Method.GENERATE_CONTENT:
        offered = {
            Operation.GENERATE: Capability(output_formats=formats),
            Operation.EDIT: Capability(output_formats=formats, max_images=settings.max_images),
        }
    else:
        offered = {
            Operation.GENERATE: Capability(max_n=MOST_PICTURES, output_formats=formats),
            Operation.EDIT: Capability(max_n=MOST_PICTURES, output_formats=formats, max_images=1, masks=True),
            Operation.UPSCALE: Capability(output_formats=formats),
        }
    operations = {operation: can for operation, can in offered.items() if operation in settings.operations}
    return Capabilities(operations, settings.extras)


def _credentials(name: str, settings: VertexSettings, clock: Clock) -> Credentials:
    if settings.api_key is not None:
        return FixedCredentials({"x-goog-api-key": settings.api_key.get_secret_value()})
    if settings.access_token is not None:
        return FixedCredentials({hdrs.AUTHORIZATION: f"Bearer {settings.access_token.get_secret_value()}"})
    try:
        from gateway.upstreams import google_credentials  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        fault = f"upstreams.{name}: these credentials need google-auth; install nano-banana-gateway[vertex]"
        raise ConfigError([fault]) from error
    if settings.credentials is None:
        return RenewedCredentials(google_credentials.from_environment(), clock)
    try:
        return RenewedCredentials(google_credentials.from_key(settings.credentials.get_secret_value()), clock)
    except ValueError as error:
        raise ConfigError([f"upstreams.{name}.credentials: {error}"]) from None
