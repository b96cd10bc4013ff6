"""The Gemini Developer API: Google's image models behind one API key."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from gateway.config import Address
from gateway.images import EditRequest, GenerateRequest, Operation, UpscaleRequest
from gateway.upstreams.base import Capabilities, Capability, Made, Rejected, Report
from gateway.upstreams.google_content import ApiVersion, ContentSettings, content_document, read_content, request_body
from gateway.upstreams.google_errors import google_failure
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.tools import Tools


class GeminiSettings(ContentSettings):
    driver: Literal["gemini"]
    base_url: Address = "https://generativelanguage.googleapis.com"
    api_version: ApiVersion = "v1beta"
    api_key: SecretStr
    extras: frozenset[Literal["seed"]] = frozenset({"seed"})


class GeminiUpstream:
    def __init__(self, name: str, settings: GeminiSettings, tools: Tools) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._model = f"/{settings.api_version}/models/{settings.model}"
        # In a header: in the query, where Google takes it too, every log on the way would keep it.
        key = {"x-goog-api-key": settings.api_key.get_secret_value()}
        self._http = UpstreamHttp(settings.base_url, headers=key, timeout=settings.timeout)

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        return await self._made(request)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - it tells no progress
        return await self._made(request)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:  # noqa: ARG002 - never asked, see capabilities
        raise Rejected("the Gemini API has no upscaling")

    async def probe(self) -> None:
        answer = await self._http.get(self._model)
        if not answer.ok:
            raise google_failure(answer)

    async def _made(self, request: GenerateRequest | EditRequest) -> tuple[Made, ...]:
        document = await content_document(request, self._settings, self._tools)
        answer = await self._http.post(f"{self._model}:generateContent", body=request_body(document, self._settings))
        if not answer.ok:
            raise google_failure(answer)
        return await read_content(answer, self._tools)


def _capabilities(settings: GeminiSettings) -> Capabilities:
    """One picture a call, in a format of the model's choice, and no field for a mask."""
    return Capabilities(
        {
            Operation.GENERATE: Capability(output_formats=frozenset()),
            Operation.EDIT: Capability(output_formats=frozenset(), max_images=settings.max_images),
        },
        settings.extras,
    )
