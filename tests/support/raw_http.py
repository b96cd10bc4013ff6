"""Bytes on a socket, for requests that no client library would send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


class Wire:
    """One connection, on which a test does what no client should."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> RawAnswer:
        """The next one, read by its own length."""
        async with asyncio.timeout(PATIENCE):
            head = await self._reader.readuntil(b"\r\n\r\n")
            size = int(parsed(head).headers.get("Content-Length", "0"))
            return parsed(head + await self._reader.readexactly(size))

    async def rest(self, within: float = PATIENCE) -> bytes:
        """Everything until the other side closes; what it had sent before a reset is lost."""
        async with asyncio.timeout(within):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    async def lasts(self) -> float:
        """Seconds until the other side closes."""
        started = asyncio.get_running_loop().time()
        await self.rest()
        return asyncio.get_running_loop().time() - started


@asynccontextmanager
async def wire(address: str, **options: Any) -> AsyncIterator[Wire]:
    """`options` are those of `asyncio.open_connection`."""
    url = URL(address)
    reader, writer = await asyncio.open_connection(url.host, url.port, **options)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()


def parsed(answer: bytes) -> RawAnswer:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    _, status, reason = first.split(" ", 2)
    fields = [line.partition(":") for line in lines]
    return RawAnswer(int(status), reason, CIMultiDict((name, value.strip()) for name, _, value in fields), body)
