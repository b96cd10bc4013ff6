"""Sheds image requests before their bodies are read, once more are under way than the process can take."""

from __future__ import annotations

from contextlib import AbstractContextManager

from aiohttp import web

from gateway.errors import RateLimited, Unavailable
from gateway.middleware.links import Handler, Link
from gateway.quotas.in_flight import InFlight, TooManyInFlight
from gateway.request_keys import CALLER
from gateway.tokens import Tokens

SOON = 1
"""Seconds after which there may be a place again: requests end all the time."""


def overload(places: InFlight, most: int, tokens: Tokens) -> Link:
    """At most `most` image requests at a time; of several tokens, none gets more than half of the places.

    So whoever floods the gateway, with a limit of its own or without, leaves room for everybody else.
    """

    async def link(request: web.Request, handler: Handler) -> web.StreamResponse:
        share = max(1, most // 2) if len(tokens) > 1 else most
        with _place(places, most), _place_of(request.get(CALLER, ""), places, share):
            return await handler(request)

    return link


def _place(places: InFlight, most: int) -> AbstractContextManager[None]:
    try:
        return places.hold("everybody", most)
    except TooManyInFlight:
        raise Unavailable("The gateway has as much to do as it can take", retry_after=SOON) from None


def _place_of(caller: str, places: InFlight, share: int) -> AbstractContextManager[None]:
    try:
        return places.hold(f"token {caller}", share)
    except TooManyInFlight:
        raise RateLimited(
            "This token has as many requests under way as leaves room for others", retry_after=SOON
        ) from None
