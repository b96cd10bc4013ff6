"""A gateway in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from aiohttp import web

from gateway.app import make_app
from gateway.config import Config
from gateway.server import listening
from support.gateway import Document

Serve: TypeAlias = Callable[[Document], str]
"""Starts a gateway with these sections of gateway.yaml and gives its address."""


class Standing(NamedTuple):
    """A gateway that runs elsewhere in this process."""

    address: str
    app: web.Application


@contextmanager
def in_background(config: Config) -> Iterator[Standing]:
    """Serve until the block is left, at the port that was configured or else at a free one."""
    port = config.server.port if "port" in config.server.model_fields_set else 0
    started: Future[Standing] = Future()
    loop = asyncio.new_event_loop()
    enough = asyncio.Event()

    async def serve() -> None:
        try:
            app = make_app(config)
            async with listening(app, "127.0.0.1", port) as site:
                started.set_result(Standing(site.address, app))
                await enough.wait()
        except Exception as error:
            started.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield started.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join()
        loop.close()
