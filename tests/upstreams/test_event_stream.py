"""Events are found however the bytes of a stream were cut into chunks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import cast

import pytest
from aiohttp import StreamReader

from gateway.upstreams import event_stream
from gateway.upstreams.base import Ambiguous
from gateway.upstreams.event_stream import events

EVENTS = [{"type": "a", "n": 1}, {"type": "b", "text": "two\nlines"}, {"type": "c"}]


def wire(end: str) -> bytes:
    blocks = [f"event: x{end}data: {json.dumps(event)}{end}{end}" for event in EVENTS]
    return (f": ping{end}{end}" + "".join(blocks) + f"data: [DONE]{end}{end}").encode()


class Chunks:
    """All of a stream reader that is needed."""

    def __init__(self, chunks: tuple[bytes, ...]) -> None:
        self._chunks = chunks

    async def iter_any(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk


async def read(*chunks: bytes) -> list[dict[str, object]]:
    return [event async for event in events(cast("StreamReader", Chunks(chunks)))]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_every_cut_gives_the_same_events(end: str) -> None:
    whole = wire(end)
    for at in range(1, len(whole)):
        assert await read(whole[:at], whole[at:]) == EVENTS


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_byte_by_byte(end: str) -> None:
    assert await read(*(bytes([byte]) for byte in wire(end))) == EVENTS


async def test_an_event_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "LARGEST_EVENT", 100)
    with pytest.raises(Ambiguous):
        await read(b"data: " + b"x" * 200)
