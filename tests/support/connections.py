"""Requests each over a connection of its own, so that any worker may answer any of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, TCPConnector


@asynccontextmanager
async def fresh_connections() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0, force_close=True)) as session:
        yield session
