"""/mcp by the official client, in the protocol without handshake and in those with one."""

from __future__ import annotations

import base64
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, types
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from PIL import Image
from support.gateway import Document, Gateway, StartGateway
from support.samples import data_url, quarters

from gateway.guide.pages import guide

ERAS = ["2026-07-28", "legacy"]
TOKENS: Document = {"auth": {"tokens": [{"name": "web", "token": "secret", "requests_per_minute": 2}]}}


@asynccontextmanager
async def assistant(
    gateway: Gateway, mode: Any = "auto", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers=dict(headers or {}), timeout=30) as http,
        Client(streamable_http_client(f"{gateway.address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def words(result: types.CallToolResult) -> str:
    return "\n".join(part.text for part in result.content if isinstance(part, types.TextContent))


def addresses(result: types.CallToolResult) -> list[str]:
    assert not result.is_error, words(result)
    return [image["url"] for image in (result.structured_content or {})["images"]]


@pytest.mark.parametrize("mode", ERAS)
async def test_the_guide_can_be_listed_searched_and_read(gateway: Gateway, mode: str) -> None:
    async with assistant(gateway, mode) as client:
        listed = words(await client.call_tool("list_docs", {}))
        found = words(await client.call_tool("search_docs", {"query": "idempotency key"}))
        read = words(await client.call_tool("read_doc", {"page": "generate"}))

    assert all(f"- {name}: " in listed for name in guide().pages)
    assert "errors-and-retrying > Retrying without paying twice" in found
    assert read == guide().pages["generate"].text


@pytest.mark.parametrize("mode", ERAS)
async def test_pages_and_the_definition_are_resources(gateway: Gateway, mode: str) -> None:
    async with assistant(gateway, mode) as client:
        listed = {str(resource.uri) for resource in (await client.list_resources()).resources}
        page = (await client.read_resource("docs://backends/openai")).contents[0]
        definition = (await client.read_resource("openapi://openapi.json")).contents[0]
        with pytest.raises(MCPError, match="no such resource"):
            await client.read_resource("docs://nothing")

    assert {"openapi://openapi.json", *(f"docs://{name}" for name in guide().pages)} == listed
    assert isinstance(page, types.TextResourceContents)
    assert page.text == guide().pages["backends/openai"].text
    assert isinstance(definition, types.TextResourceContents)
    assert '"openapi": "3.1.0"' in definition.text


@pytest.mark.parametrize("mode", ERAS)
async def test_one_step_follows_another(gateway: Gateway, mode: str) -> None:
    async with assistant(gateway, mode) as client:
        made = await client.call_tool("generate_image", {"prompt": "A red bicycle", "aspect_ratio": "16:9", "n": 2})
        edited = await client.call_tool("edit_image", {"prompt": "Make it evening", "image": addresses(made)[0]})
        enlarged = await client.call_tool("upscale_image", {"image": addresses(edited)[0], "output_format": "jpeg"})

    assert len(addresses(made)) == 2
    picture = await gateway.picture(addresses(enlarged)[0])
    assert (picture.format, picture.size) == ("JPEG", (3584, 2048))


async def test_each_picture_comes_with_a_small_preview(gateway: Gateway) -> None:
    async with assistant(gateway) as client:
        made = await client.call_tool("generate_image", {"prompt": "A red bicycle", "aspect_ratio": "16:9", "n": 2})

    previews = [part for part in made.content if isinstance(part, types.ImageContent)]
    for shown in previews:
        image = Image.open(io.BytesIO(base64.b64decode(shown.data)))
        assert (image.format, image.size, shown.mime_type) == ("JPEG", (256, 146), "image/jpeg")
    assert [part.type for part in made.content] == ["text", "image", "text", "image"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("generate_image", {"prompt": ""}, "Missing or invalid required parameter: prompt"),
        ("generate_image", {"prompt": "x", "model": "none"}, "(model_not_found)"),
        ("edit_image", {"prompt": "x", "image": "http://127.0.0.1:9/x.png"}, "image"),
        ("upscale_image", {"image": "no picture"}, "image"),
        ("search_docs", {"query": 3}, "query is required"),
        ("read_doc", {"page": "../config"}, "There is no page"),
        ("fly", {}, "There is no such tool"),
    ],
)
async def test_a_tool_that_fails_says_why(gateway: Gateway, tool: str, arguments: dict[str, Any], said: str) -> None:
    for mode in ERAS:
        async with assistant(gateway, mode) as client:
            result = await client.call_tool(tool, arguments)

        assert result.is_error
        assert said in words(result)


async def test_a_picture_may_come_as_base64(gateway: Gateway) -> None:
    async with assistant(gateway) as client:
        made = await client.call_tool("upscale_image", {"image": data_url(quarters((64, 48)))})

    assert (await gateway.picture(addresses(made)[0])).size == (128, 96)


async def test_tools_take_the_fields_of_the_api(gateway: Gateway) -> None:
    async with assistant(gateway) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}

    generate = tools["generate_image"].input_schema
    assert generate["required"] == ["prompt"]
    assert {"n", "aspect_ratio", "size", "output_format", "model", "seed"} <= set(generate["properties"])
    assert {"response_format", "stream"} & set(generate["properties"]) == set()
    assert tools["edit_image"].input_schema["required"] == ["prompt", "image"]


async def test_a_call_counts_as_one_request_of_its_token(start: StartGateway) -> None:
    gateway = await start(TOKENS)
    async with assistant(gateway, headers={"Authorization": "Bearer secret"}) as client:
        results = [await client.call_tool("generate_image", {"prompt": "A tree"}) for _ in range(3)]
        assert words(await client.call_tool("list_docs", {}))

    assert [result.is_error for result in results] == [False, False, True]
    assert "rate_limit_exceeded" in words(results[2])


async def test_without_its_token_nobody_is_let_in(start: StartGateway) -> None:
    gateway = await start(TOKENS)

    status, body = await gateway.post("/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert (status, body["error"]["code"]) == (401, "invalid_api_key")


async def test_foreign_browser_pages_are_turned_away(start: StartGateway) -> None:
    gateway = await start({"cors": {"origins": ["https://app.example.com"]}})

    status, _ = await gateway.post("/mcp", json={}, headers={"Origin": "https://evil.example.com"})

    assert status == 403


async def test_calls_pass_the_links_of_every_request(gateway: Gateway) -> None:
    async with assistant(gateway) as client:
        await client.call_tool("generate_image", {"prompt": "A tree"})

    async with gateway.client.get(f"{gateway.address}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    counted = [line for line in lines if line.startswith("gateway_http_requests_total{")]
    assert any('route="/v1/images/generations"' in line and 'status="200"' in line for line in counted)
    assert any('route="/mcp"' in line for line in counted)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_other_methods_are_refused_as_clients_expect(gateway: Gateway, method: str) -> None:
    async with gateway.client.request(method, f"{gateway.address}/mcp") as reply:
        assert (reply.status, reply.headers["Allow"]) == (405, "OPTIONS,POST".replace(",", ", "))
