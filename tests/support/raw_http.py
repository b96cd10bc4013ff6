"""Bytes on a socket, for requests that no client library would send."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from multidict import CIMultiDict
from yarl import URL

PATIENCE = 5
"""Seconds for the whole exchange."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Everything the other side sent until it closed the connection."""

    status: int
    reason: str
    headers: CIMultiDict[str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


async def exchange(address: str, request: bytes) -> RawAnswer:
    """Send `request` as it is and read until the connection is closed.

    Raises:
        TimeoutError: it was not closed in time.
    """
    url = URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(request)
            await writer.drain()
            return parsed(await reader.read())
    finally:
        writer.close()


def parsed(answer: bytes) -> RawAnswer:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, status, reason = first.split(" ", 2)
    fields = [line.partition(":") for line in lines]
    return RawAnswer(int(status), reason, CIMultiDict((name, value.strip()) for name, _, value in fields), body)
