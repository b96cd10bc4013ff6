"""Knows whether the store behind it works, so that nobody waits for one that does not, or pays for what it loses."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, get_args

from gateway.clock import Clock
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Draft, Store, StoredPicture, Usage
from gateway.hosting.stores.failures import StoreFull, store_down
from gateway.logs import event
from gateway.metrics import Metrics

LOOK_EVERY = 1.0
"""Seconds between two looks at a store that has failed. Nobody's request waits for them."""

LOOK_WITHIN = 3.0
"""Seconds that a look may take: a quarter of a mebibyte, which a store that is worth asking takes in less."""
SUSPECT_AFTER = 2.0
"""Seconds of one put or get after which a look tells whether the store is dead or the picture large."""

Verb = Literal["put", "get"]

_log = logging.getLogger("gateway.hosting.stores")


class WatchedStore:
    """A `gateway.hosting.stores.base.Store` that is left alone while it fails, and looked at until it works again.

    After a failed put no other is tried before a look has written something: refusing costs nothing, and the picture
    of a put that fails may have been paid for. One failed get says little, so gets are refused only once a look has
    failed too. A store that says nothing at all is found by a look long before its own time is over.
    """

    def __init__(self, store: Store, metrics: Metrics, clock: Clock) -> None:
        self._store = store
        self.expires_at = store.expires_at
        self._clock = clock
        self._metrics = metrics
        self._no_puts: Callable[[], Unavailable] | None = None
        """What a put is told at once; None while puts are tried."""
        self._no_gets = False
        self._looking: asyncio.Task[None] | None = None
        metrics.store_up.set(1)
        for verb in get_args(Verb):  # there from the start: a rate needs a first value
            for reason in ("full", "unavailable"):
                metrics.store_failures.labels(verb, reason)

    async def open(self) -> None:
        await self._store.open()

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        await self._store.close()

    def admit(self) -> None:
        if self._no_puts is not None:
            raise self._no_puts()

    async def put(self, draft: Draft) -> HostedName:
        self.admit()
        with self._observed("put"):
            return await self._store.put(draft)

    async def get(self, name: HostedName) -> StoredPicture | None:
        if self._no_gets:
            raise store_down()
        with self._observed("get"):
            return await self._store.get(name)

    async def delete(self, name: HostedName) -> bool:
        return await self._store.delete(name)

    async def probe(self) -> None:
        await self._store.probe()

    @property
    def evicted_before(self) -> float:
        return self._store.evicted_before

    def usage(self) -> Usage:
        return self._store.usage()

    @contextmanager
    def _observed(self, verb: Verb) -> Iterator[None]:
        started = time.perf_counter()
        suspicion = asyncio.get_running_loop().call_later(SUSPECT_AFTER, self._suspect)
        try:
            yield
        except Unavailable as error:
            self._failed(verb, error)
            raise
        finally:
            suspicion.cancel()
        self._metrics.store_duration.labels(verb).observe(time.perf_counter() - started)

    def _failed(self, verb: Verb, error: Unavailable) -> None:
        full = isinstance(error, StoreFull)
        self._metrics.store_failures.labels(verb, "full" if full else "unavailable").inc()
        if verb == "put":
            self._no_puts = StoreFull if full else store_down
            self._metrics.store_up.set(0)
        self._suspect()

    def _suspect(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """At once, then every second, until it works."""
        failed = False
        while not await self._works():
            if not failed:
                failed = self._no_gets = True
                self._no_puts = self._no_puts or store_down
                self._metrics.store_up.set(0)
                event(_log, logging.WARNING, "the image store is down, pictures by address are refused")
            await self._clock.sleep(LOOK_EVERY)
        self._no_puts, self._no_gets = None, False
        self._metrics.store_up.set(1)
        if failed:
            event(_log, logging.INFO, "the image store is back")

    async def _works(self) -> bool:
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                await self._store.probe()
        except (Unavailable, TimeoutError):
            return False
        return True
