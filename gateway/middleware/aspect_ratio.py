"""Size to aspect ratio: what the client asked for in pixels or as a ratio becomes one of the five ratios."""

from __future__ import annotations

import re
from fractions import Fraction

from aiohttp import web

from gateway.errors import BadRequest
from gateway.images import AspectRatio, EditRequest, GenerateRequest
from gateway.middleware.links import Handler, Link
from gateway.request_keys import IMAGE_REQUEST

FARTHEST = Fraction("1.16")
"""How far a size may be from a ratio and still mean it: 3:2 counts as 4:3, 2:1 as 16:9, 21:9 as nothing."""
SHORTEST_SIDE, LONGEST_SIDE = 64, 8192
_PIXELS = re.compile(r"([0-9]{1,5})[xX]([0-9]{1,5})")
_DOCUMENTED = {f"{width}x{height}": ratio for ratio in AspectRatio for width, height in [ratio.pixels]}


def aspect_ratio() -> Link:
    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        order = request[IMAGE_REQUEST]
        if isinstance(order, GenerateRequest):
            request[IMAGE_REQUEST] = order.but(ratio=_asked(order) or AspectRatio.SQUARE)
        elif isinstance(order, EditRequest):
            request[IMAGE_REQUEST] = order.but(ratio=_asked(order))
        return await handler(request)

    return link


def _asked(order: GenerateRequest | EditRequest) -> AspectRatio | None:
    if order.aspect_ratio is not None:
        return AspectRatio(order.aspect_ratio)
    return ratio_of_size(order.size) if order.size is not None else None


def ratio_of_size(size: str) -> AspectRatio | None:
    """The ratio that `size` selects; None for `auto`.

    Raises:
        BadRequest: not a size, or too far from all five ratios.
    """
    text = size.strip().lower()
    if text == "auto":
        return None
    if text in _DOCUMENTED:
        return _DOCUMENTED[text]
    if text in set(AspectRatio):
        return AspectRatio(text)
    match = _PIXELS.fullmatch(text)
    if match is None:
        raise _refusal()
    width, height = int(match[1]), int(match[2])
    if not (SHORTEST_SIDE <= width <= LONGEST_SIDE and SHORTEST_SIDE <= height <= LONGEST_SIDE):
        raise _refusal()
    nearest = min(AspectRatio, key=lambda ratio: _distance(width, height, ratio))
    if _distance(width, height, nearest) > FARTHEST:
        raise _refusal()
    return nearest


def _distance(width: int, height: int, ratio: AspectRatio) -> Fraction:
    """In fractions, which do not round: 464x225 is exactly as far from 16:9 as a size may be."""
    across, down = (int(side) for side in ratio.split(":"))
    one, other = width * down, height * across
    return Fraction(max(one, other), min(one, other))


def _refusal() -> BadRequest:
    accepted = ", ".join([*_DOCUMENTED, "auto", *AspectRatio])
    return BadRequest.field(
        "size",
        f"Accepted: {accepted}, or WIDTHxHEIGHT with sides from {SHORTEST_SIDE} to {LONGEST_SIDE}"
        " that is near one of these ratios.",
        required=False,
    )
