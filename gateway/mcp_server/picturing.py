"""The image operations for assistants: an address and a small preview of each picture."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from mcp import types

from gateway.blob import to_base64
from gateway.images import ImageFormat, Operation, Picture
from gateway.mcp_server.inside import post
from gateway.models import Models
from gateway.openapi.fields import RequestFields
from gateway.openapi.offers import Offer, offers
from gateway.routes import IMAGE_PATHS

Preview = Callable[[web.Request, str], Awaitable[Picture | None]]
"""A small copy of the picture that an address of this gateway's names; None when there is none any more."""

_SETTLED = frozenset({"response_format", "stream"})
"""Fields whose value the tools choose."""
_TOOLS = {
    Operation.GENERATE: ("generate_image", "Generate images", "Makes up to four images from a prompt."),
    Operation.EDIT: (
        "edit_image",
        "Edit an image",
        (
            "Changes an image by an instruction. Give the image by its URL where it has one; the URL of an image that"
            " was made here works as it is."
        ),
    ),
    Operation.UPSCALE: ("upscale_image", "Upscale an image", "Makes an image two or four times as wide and high."),
}
_RESULT = {
    "type": "object",
    "properties": {
        "images": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "url": {"type": "string", "description": "Works until the picture expires."},
                    "revised_prompt": {"type": "string"},
                },
                "required": ["url"],
            },
        }
    },
    "required": ["images"],
}
_NAMES = {name: operation for operation, (name, _, _) in _TOOLS.items()}


class Picturing:
    def __init__(self, models: Callable[[], Models], preview: Preview) -> None:
        """`models` gives those of today."""
        self._models = models
        self._preview = preview

    def tools(self) -> list[types.Tool]:
        return [_tool(offer) for offer in offers(self._models()).values() if offer.names]

    async def call(
        self, request: web.Request, tool: str, arguments: Mapping[str, object]
    ) -> types.CallToolResult | None:
        """None when the tool is none of these."""
        operation = _NAMES.get(tool)
        if operation is None:
            return None
        fields = {name: value for name, value in arguments.items() if name not in _SETTLED}
        answer = await post(request, f"/v1{IMAGE_PATHS[operation]}", {**fields, "response_format": "url"})
        if answer.status != web.HTTPOk.status_code:
            return failure(_reason(answer.body))
        return await self._result(request, answer.body)

    async def _result(self, request: web.Request, body: Mapping[str, Any]) -> types.CallToolResult:
        images = [{name: image[name] for name in ("url", "revised_prompt") if name in image} for image in body["data"]]
        previews = await asyncio.gather(*(self._preview(request, image["url"]) for image in images))
        content: list[types.ContentBlock] = []
        for image, small in zip(images, previews, strict=True):
            content.append(types.TextContent(type="text", text=image["url"]))
            if small is not None:
                content.append(await _shown(small))
        return types.CallToolResult(content=content, structured_content={"images": images})


def failure(words: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=words)], is_error=True)


def _tool(offer: Offer) -> types.Tool:
    name, title, description = _TOOLS[offer.operation]
    fields = RequestFields(offer)
    return types.Tool(
        name=name,
        title=title,
        description=description,
        input_schema={
            "type": "object",
            "properties": {key: value for key, value in fields.as_arguments().items() if key not in _SETTLED},
            "required": fields.required,
        },
        output_schema=_RESULT,
        annotations=types.ToolAnnotations(
            read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
        ),
    )


def _reason(body: Mapping[str, Any]) -> str:
    error = body["error"]
    code = f" ({error['code']})" if error["code"] else ""
    return f"{error['message']}{code}"


async def _shown(picture: Picture) -> types.ImageContent:
    data = bytes(await to_base64(picture.blob)).decode()
    return types.ImageContent(type="image", data=data, mime_type=ImageFormat.JPEG.mime)
