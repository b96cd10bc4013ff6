"""A gateway in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from gateway.app import make_app
from gateway.config import Config
from gateway.server import listening


@contextmanager
def in_background(config: Config) -> Iterator[str]:
    """Serve at a free port until the block is left; gives the address."""
    address: Future[str] = Future()
    loop = asyncio.new_event_loop()
    enough = asyncio.Event()

    async def serve() -> None:
        try:
            async with listening(make_app(config), "127.0.0.1", 0) as site:
                address.set_result(site.address)
                await enough.wait()
        except Exception as error:
            address.set_exception(error)
            raise

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield address.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join()
        loop.close()
