"""What a request is called when equal ones are looked for."""

from __future__ import annotations

import asyncio

from gateway.images import AnyRequest, GenerateRequest


async def digest_of(order: AnyRequest) -> str:
    """`order.digest()`; in a worker thread where pictures are hashed, which takes too long for the event loop."""
    return order.digest() if isinstance(order, GenerateRequest) else await asyncio.to_thread(order.digest)
