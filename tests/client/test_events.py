"""Event streams as they come: cut anywhere, with comments, and never longer than they were sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.client.events import Event, events

STREAM = b': progress 0.25\n\nevent: a\ndata: {"x":\ndata: 1}\n\n: keep-alive\n\ndata:bare\n\n'
HEARD = [
    Event("comment", b"progress 0.25"),
    Event("a", b'{"x":\n1}'),
    Event("comment", b"keep-alive"),
    Event("message", b"bare"),
]


async def cut(stream: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(stream), size):
        yield stream[start : start + size]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
async def test_a_stream_may_come_in_any_pieces(size: int, ending: bytes) -> None:
    stream = STREAM.replace(b"\n", ending)

    assert [event async for event in events(cut(stream, size))] == HEARD


async def test_an_event_without_its_end_is_dropped() -> None:
    assert [event async for event in events(cut(b"event: a\ndata: 1\n", 5))] == []
    assert [event async for event in events(cut(b"event: a\ndata: 1", 5))] == []
