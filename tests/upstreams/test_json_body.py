"""Pictures in JSON are encoded while they are sent, byte for byte as an encoder would have done it."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path
from typing import cast

import pytest
from aiohttp.abc import AbstractStreamWriter

from gateway.blob import CHUNK, Blob, FileBlob, MemoryBlob
from gateway.upstreams.json_body import Base64, JsonBody


class Wire:
    """Counts what is written, and keeps it on request."""

    def __init__(self, *, keep: bool = True) -> None:
        self.kept = bytearray()
        self.count = 0
        self._keep = keep

    async def write(self, chunk: bytes | memoryview) -> None:
        self.count += len(chunk)
        if self._keep:
            self.kept += chunk


async def sent(body: JsonBody, wire: Wire | None = None) -> bytes:
    wire = wire or Wire()
    await body.write(cast("AbstractStreamWriter", wire))
    return bytes(wire.kept)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 2])
async def test_a_picture_arrives_whole_whatever_its_size(size: int) -> None:
    data = bytes(index % 251 for index in range(size))
    body = JsonBody({"before": 1, "picture": Base64(MemoryBlob(data)), "after": [True]})
    text = await sent(body)
    assert json.loads(text) == {"before": 1, "picture": base64.b64encode(data).decode(), "after": [True]}
    assert body.size == body.length == len(text)


async def test_several_pictures_keep_their_places(tmp_path: Path) -> None:
    file = tmp_path / "b"
    file.write_bytes(b"from a file")
    blobs: list[Blob] = [MemoryBlob(b"first"), FileBlob(file, 11), MemoryBlob(b"third")]
    found = json.loads(await sent(JsonBody([{"data": Base64(blob)} for blob in blobs])))
    assert [base64.b64decode(item["data"]) for item in found] == [b"first", b"from a file", b"third"]


@pytest.mark.parametrize("size", [0, 1, 3, CHUNK + 1])
async def test_what_came_encoded_is_handed_on(size: int) -> None:
    data = bytes(size)
    blob = MemoryBlob(data, memoryview(base64.b64encode(data)))
    body = JsonBody({"picture": Base64(blob)})
    assert json.loads(await sent(body)) == {"picture": base64.b64encode(data).decode()}


@pytest.mark.parametrize("prompt", ['"quoted" \\ back', "\x00 nul", "f00ba4" * 8, "ünïcödé 🍌", "line\nend"])
async def test_text_beside_a_picture_is_kept(prompt: str) -> None:
    found = json.loads(await sent(JsonBody({"text": prompt, "data": Base64(MemoryBlob(b"x"))})))
    assert found["text"] == prompt


async def test_a_large_picture_is_never_held_twice() -> None:
    body, wire = JsonBody({"data": Base64(MemoryBlob(bytes(16 * 2**20)))}), Wire(keep=False)
    tracemalloc.start()
    try:
        await sent(body, wire)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert wire.count == body.length
    assert peak < 4 * 2**20


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TypeError, match="object is not JSON"):
        JsonBody({"data": object()})


def test_a_picture_is_shown_by_its_size_only() -> None:
    assert str(Base64(MemoryBlob(b"secret"))) == "<6 bytes as base64>"
