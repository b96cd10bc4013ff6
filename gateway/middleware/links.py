"""How links are joined. A link takes a request and the rest of the chain, and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Link(Protocol):
    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse: ...


def chain(*links: Link) -> Callable[[Handler], Handler]:
    """Wrap a handler in `links`, the first listed outermost.

    Links of the image routes are joined here and not given to the application, so they never have to ask
    whether a path is theirs, and an address without a route goes straight to its 404.
    """

    def wrap(handler: Handler) -> Handler:
        for link in reversed(links):
            handler = partial(link, handler=handler)
        return handler

    return wrap


def for_application(*links: Link) -> list[Link]:
    """`links` as aiohttp's own middlewares: they run for every request, also for those without a route."""
    return [web.middleware(link) for link in links]
