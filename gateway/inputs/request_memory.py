"""What the whole process holds of request bodies at a time, beyond what every request may hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

from gateway.budget import Budget
from gateway.errors import GatewayError, Unavailable

T = TypeVar("T")

REQUEST_MEMORY = 96 * 2**20
"""Bytes: three of the largest bodies, or five of the largest pictures."""
SMALL = 256 * 1024
"""Bytes for which nobody waits in line behind large ones."""
PATIENCE = 10
"""Seconds. Parsing takes milliseconds, so whoever has waited for so long is better served elsewhere."""


class RequestMemory:
    """Large bodies wait on disk; each is brought into memory when its turn has come, never while it arrives.

    So a client that sends slowly holds up nobody.
    """

    def __init__(self, total: int = REQUEST_MEMORY, *, patience: float = PATIENCE) -> None:
        self._budget = Budget(total)
        self._patience = patience

    async def run(self, work: Callable[[], T], *, size: int) -> T:
        """The result of `work`, done in a worker thread, which holds about `size` bytes meanwhile.

        When the caller is cancelled the thread still ends its work, and the memory counts until it has.

        Raises:
            Unavailable: it was not its turn for a long time.
        """
        async with self.hold(size):
            running = asyncio.ensure_future(asyncio.to_thread(_without_traces, work))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                await asyncio.wait([running])
                raise
            finally:
                del running  # it holds the error, and the error this frame

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncIterator[None]:
        """Raises like `run`."""
        async with AsyncExitStack() as stack:
            if size > SMALL:
                try:
                    await stack.enter_async_context(self._budget.take(size, patience=self._patience))
                except TimeoutError:
                    raise Unavailable("Many large requests are being read now") from None
            yield


def _without_traces(work: Callable[[], T]) -> T:
    """An error of the client's tells nothing by its trace, which would hold the very bytes that were refused."""
    try:
        return work()
    except GatewayError as error:
        error.__context__ = None
        raise error.with_traceback(None) from error.__cause__
