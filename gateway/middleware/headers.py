"""What the head of every response says, also of one that is written before the chain has returned it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

Writer: TypeAlias = Callable[[web.Request, web.StreamResponse], None]


def written(*writers: Writer) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """One signal handler for all `writers`, in their order: each handler of its own would cost a coroutine."""

    async def write(request: web.Request, response: web.StreamResponse) -> None:
        for writer in writers:
            writer(request, response)

    return write
