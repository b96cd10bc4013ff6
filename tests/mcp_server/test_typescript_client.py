"""/mcp by the official TypeScript client, which shakes hands as protocols before 2026 do."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.gateway import Gateway, StartGateway
from support.node import node

from gateway.guide.pages import guide

SCRIPT = Path(__file__).parent / "assistant.mjs"
PATIENCE = 30


@pytest.fixture
def runtime(tmp_path: Path) -> list[str]:
    return [node(tmp_path), str(shutil.copy(SCRIPT, tmp_path))]


async def assistant(runtime: list[str], *arguments: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(*runtime, *arguments, stdout=asyncio.subprocess.PIPE)
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    seen: dict[str, Any] = json.loads(said)
    return seen


async def test_it_lists_reads_makes_and_enlarges(gateway: Gateway, runtime: list[str]) -> None:
    seen = await assistant(runtime, gateway.address)

    assert "error" not in seen, seen
    assert seen["protocol"] < "2026"
    assert {"list_docs", "search_docs", "read_doc", "generate_image", "edit_image", "upscale_image"} == {*seen["tools"]}
    assert {"openapi://openapi.json", *(f"docs://{name}" for name in guide().pages)} == {*seen["resources"]}
    assert seen["page"] == guide().pages["edit"].text
    assert "edit" in seen["found"]
    assert seen["made"] == ["text", "image", "text", "image"]
    assert max(seen["weights"]) < 30_000, "previews are small"
    assert (await gateway.picture(seen["enlarged"])).size == (2048, 2048)
    assert seen["refused"][0]
    assert "image" in seen["refused"][1]


async def test_it_is_let_in_by_its_token_alone(start: StartGateway, runtime: list[str]) -> None:
    gateway = await start({"auth": {"tokens": [{"name": "web", "token": "secret"}]}})

    assert "error" not in await assistant(runtime, gateway.address, "secret")
    assert "invalid_api_key" in (await assistant(runtime, gateway.address))["error"]
