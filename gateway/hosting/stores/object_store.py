"""Pictures as objects: `<prefix>/YYYYMMDD/HHMM/<name>` in a bucket that any number of replicas share."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from itertools import accumulate

from gateway.clock import Clock, RandomBytes, SystemClock, system_random
from gateway.config_file import ConfigError
from gateway.errors import Unavailable
from gateway.hosting.clockwatch import ClockWatch
from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE, Retention
from gateway.hosting.stores.base import Draft, StoredPicture, Usage
from gateway.hosting.stores.bucket import Bucket, Entry
from gateway.hosting.stores.bucket_faults import unanswered
from gateway.hosting.stores.durable import KEYS
from gateway.hosting.stores.failures import StoreFull
from gateway.hosting.stores.object_picture import ObjectPicture
from gateway.hosting.stores.periodic import Periodic
from gateway.hosting.stores.shards import Shard, is_day, path_of
from gateway.hosting.stores.tally import Tally
from gateway.logs import event

SWEEP_EVERY = 60.0
"""Seconds; the grain of the paths."""
RECOUNT_EVERY = 3600.0
"""Seconds between counts, each of which lists everything: one request for a thousand pictures."""
KEYS_LIFE = 2 * 86_400
"""Seconds from the beginning of a day until none of its Idempotency-Keys is valid."""

_log = logging.getLogger("gateway.hosting.stores")


class ObjectStore:
    """A `gateway.hosting.stores.base.Store` in a bucket.

    Paths sort by time, so that expiry lists what expires and hardly more. Every replica sweeps; deleting twice does
    no harm. `max_size` is held against the last count and what this process has put since.
    """

    def __init__(
        self,
        bucket: Bucket,
        retention: Retention,
        *,
        clock: Clock | None = None,
        random_bytes: RandomBytes = system_random,
        sweep_every: float = SWEEP_EVERY,
    ) -> None:
        self._bucket = bucket
        self._retention = retention
        self._clock = clock or SystemClock()
        self._random_bytes = random_bytes
        self._tally = Tally()
        self._watch = ClockWatch(self._clock)
        self._sweeps = Periodic(self.sweep, interval=sweep_every, clock=self._clock)
        self._recounts = Periodic(self._tidy, interval=RECOUNT_EVERY, clock=self._clock)
        self._sweeping = asyncio.Lock()
        self._counting = asyncio.Lock()
        self._evicted_before = 0.0

    async def open(self) -> None:
        """
        Raises:
            ConfigError: the bucket refuses; the words name the key to change. One that nobody answers for may be
                back in a minute, so it is only logged.
        """
        try:
            found = await self._bucket.check()
        except Unavailable as error:
            reason = unanswered(error.__cause__)
            event(_log, logging.WARNING, "the image store does not answer, serving without it for now", check=reason)
        else:
            if found is not None:
                raise ConfigError([found])
        self._sweeps.start()
        self._recounts.start(at_once=True)

    async def put(self, draft: Draft) -> HostedName:
        if draft.blob.size > self._retention.max_size:
            raise StoreFull
        data = await draft.blob.load()
        sha256 = await asyncio.to_thread(hashlib.sha256, data)
        name = HostedName.make(
            self._clock.time(), self._random_bytes, sha256.hexdigest(), draft.operation, draft.format
        )
        with self._tally.coming(path_of(name)):
            await self._bucket.put(path_of(name), data, self._attributes(name))
            self._tally.put(path_of(name), len(data))
        if self._tally.usage.bytes > self._retention.max_size:
            self._sweeps.wake()
        return name

    async def get(self, name: HostedName) -> StoredPicture | None:
        opened = await self._bucket.get(path_of(name))
        return None if opened is None else ObjectPicture(name, path_of(name), opened, self._bucket)

    async def delete(self, name: HostedName) -> bool:
        size = await self._bucket.size(path_of(name))
        if size is None:
            return False
        await self._remove([Entry(path_of(name), size)])
        return True

    def admit(self) -> None:
        """Nothing is known here."""

    async def probe(self) -> None:
        await self._bucket.probe()

    def expires_at(self, name: HostedName) -> float:
        return self._retention.expires_at(name)

    @property
    def evicted_before(self) -> float:
        return self._evicted_before

    def usage(self) -> Usage:
        return self._tally.usage

    async def sweep(self) -> Usage:
        """Delete what has expired or exceeds the budget; what went. Runs by itself in the background."""
        async with self._sweeping:
            removed = Usage()
            if self._watch.trusted():
                removed += await self._expire()
            if self._tally.usage.bytes > self._retention.max_size:
                await self.recount()  # another replica may have made room already
                removed += await self._shrink()
            return removed

    async def recount(self) -> None:
        async with self._counting:
            self._tally.begin()
            async for page in self._pictures():
                self._tally.see(entry for entry, _ in page)
            self._tally.end()

    async def close(self) -> None:
        await self._sweeps.stop()
        await self._recounts.stop()

    async def _tidy(self) -> None:
        await self.recount()
        await self._forget_keys()

    async def _expire(self) -> Usage:
        deadline = self._retention.deadline(self._clock.time())
        removed = Usage()
        async for page in self._pictures():
            # The oldest that is left tells what may be gone, whichever replica deleted it; a picture with an earlier
            # name may still be on its way.
            self._evicted_before = max(self._evicted_before, page[0][1].created - GRACE)
            expired = [(entry, name) for entry, name in page if name.created <= deadline]
            removed += await self._remove([entry for entry, _ in expired])
            if Shard.of(page[-1][1]) > Shard.at(deadline):
                break
        return removed

    async def _shrink(self) -> Usage:
        excess = self._tally.usage.bytes - self._retention.max_size
        if excess <= 0:
            return Usage()
        excess = self._tally.usage.bytes - self._retention.low_water
        removed = Usage()
        async for page in self._pictures():
            doomed = _oldest(page, excess - removed.bytes)
            self._evicted_before = max(self._evicted_before, doomed[-1][1].created + 1.0)
            removed += await self._remove([entry for entry, _ in doomed])
            if removed.bytes >= excess:
                break
        return removed

    async def _remove(self, doomed: list[Entry]) -> Usage:
        paths = [entry.path for entry in doomed]
        with self._tally.going(paths):
            await self._bucket.delete(paths)
            for entry in doomed:
                self._tally.gone(entry.path, entry.size)
        return Usage(len(doomed), sum(entry.size for entry in doomed))

    async def _pictures(self) -> AsyncIterator[list[tuple[Entry, HostedName]]]:
        """Pages of pictures, oldest minutes first. Whatever else lies in the bucket is left alone."""
        async for page in self._bucket.list():
            found = [(entry, name) for entry in page if (name := _named(entry.path)) is not None]
            if found:
                yield found

    async def _forget_keys(self) -> None:
        """Delete the Idempotency-Keys of days that are over."""
        for folder in await self._bucket.folders(KEYS):
            day = folder.rpartition("/")[2]
            shard = Shard.parse(day, "0000")
            if is_day(day) and shard and shard.begins <= self._clock.time() - KEYS_LIFE:
                async for page in self._bucket.list(folder):
                    await self._bucket.delete([entry.path for entry in page])

    def _attributes(self, name: HostedName) -> dict[str, str]:
        """What the store says when it gives the picture out itself: nothing that makes a browser run it."""
        return {
            "Content-Type": name.format.mime,
            "Content-Disposition": f'inline; filename="{name}"',
            "Cache-Control": "private, max-age=300, immutable",
        }


def _named(path: str) -> HostedName | None:
    """The picture at `path`; None for what this store has not put there."""
    name = HostedName.parse(path.rpartition("/")[2])
    return name if name is not None and path_of(name) == path else None


def _oldest(page: list[tuple[Entry, HostedName]], excess: int) -> list[tuple[Entry, HostedName]]:
    """The first pictures of a page that together hold at least `excess` bytes, which is not nothing, or all."""
    for count, size in enumerate(accumulate(entry.size for entry, _ in page), 1):
        if size >= excess:
            return page[:count]
    return page
