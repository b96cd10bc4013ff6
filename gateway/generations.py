"""Everything that a reload replaces, as one value; and what becomes of the value that it replaces."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from gateway.backends import Backends, Part
from gateway.config import Config
from gateway.handlers.studio import StudioHandlers
from gateway.images import Operation
from gateway.metrics import Metrics
from gateway.middleware.links import Handler


@dataclass(frozen=True, slots=True)
class Generation:
    """What serves under one configuration. A request is answered by one generation from its first link to its last."""

    config: Config
    backends: Backends
    images: Mapping[Operation, Handler]
    hosted: Handler
    openapi: Handler
    studio: StudioHandlers
    definition: Callable[[], str]
    """The text of the API's document."""


Make = Callable[[Config, Backends | None], Generation]
"""Builds a generation beside the backends of the one before it; raises ConfigError."""


class Generations:
    """The generation of today, and those before it whose work has not ended."""

    def __init__(self, make: Make, first: Config, metrics: Metrics) -> None:
        self._make = make
        self._metrics = metrics
        self.today = make(first, None)
        self.today.backends.show()
        self._leaving: dict[asyncio.Task[None], Backends] = {}
        """Those whose last work has not ended."""
        self._closing: set[asyncio.Task[None]] = set()
        """Those that are being closed."""

    async def open(self) -> None:
        for part in self.today.backends.parts:
            await part.open()

    async def follow(self, config: Config) -> None:
        """Serve under `config` from the next request on. What it leaves out is closed when its last work has ended.

        Raises:
            ConfigError: nothing has changed.
        """
        old, new = self.today, self._make(config, self.today.backends)
        async with contextlib.AsyncExitStack() as opened:
            for part in _without(new.backends, [old.backends]):
                await part.open()
                opened.push_async_callback(part.close)
            opened.pop_all()
        self.today = new
        new.backends.show()
        leaving = asyncio.create_task(self._leave(old.backends))
        self._leaving[leaving] = old.backends

    async def close(self) -> None:
        """Close all, used or not: whoever calls has waited already."""
        for leaving in self._leaving:
            leaving.cancel()
        await asyncio.gather(*self._leaving, *self._closing, return_exceptions=True)
        open_parts = {id(part): part for backends in self._all() for part in backends.parts}
        async with contextlib.AsyncExitStack() as stack:
            for part in open_parts.values():
                stack.push_async_callback(part.close)

    def image(self, operation: Operation) -> Handler:
        """Answers by the generation of today, which stays open until then."""

        async def handle(request: web.Request) -> web.StreamResponse:
            today = self.today
            today.backends.uses.begin()
            try:
                return await today.images[operation](request)
            finally:
                today.backends.uses.end()

        return handle

    def other(self, find: Callable[[Generation], Handler]) -> Handler:
        """What needs no backend: answers by what `find` finds in the generation of today."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await find(self.today)(request)

        return handle

    def _all(self) -> list[Backends]:
        return [self.today.backends, *self._leaving.values()]

    async def _leave(self, old: Backends) -> None:
        await old.uses.over()
        leaving = asyncio.current_task()
        if leaving is not None:
            self._leaving.pop(leaving, None)
            self._closing.add(leaving)
            leaving.add_done_callback(self._closing.discard)
        for part in _without(old, self._all()):
            await part.close()
        for name in set(old.members) - {name for backends in self._all() for name in backends.members}:
            self._metrics.forget_upstream(name)


def _without(backends: Backends, others: list[Backends]) -> list[Part]:
    """The parts of `backends` that none of `others` has too."""
    theirs = {id(part) for other in others for part in other.parts}
    return [part for part in backends.parts if id(part) not in theirs]
