"""How many gateways a request has come through, so that gateways that ask each other end in an error, not a storm."""

from __future__ import annotations

from contextvars import ContextVar

from gateway.errors import BadRequest

HEADER = "X-Gateway-Hops"
MOST_HOPS = 3
"""Gateways in front of this one: a chain longer than that is a circle."""
TOO_MANY_HOPS = "too_many_hops"
"""The code of the refusal, which the gateways in front of it recognise and hand on."""

current_hops: ContextVar[int] = ContextVar("current_hops", default=0)
"""Gateways that the running request came through before this one."""


def onward() -> dict[str, str]:
    """The header of every call to an upstream: any of them may be a gateway."""
    return {HEADER: str(current_hops.get() + 1)}


def too_many_hops() -> BadRequest:
    return BadRequest(
        "The request has come through too many gateways: their upstreams ask each other in a circle",
        code=TOO_MANY_HOPS,
    )
