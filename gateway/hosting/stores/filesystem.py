"""Pictures as files: `<root>/YYYYMMDD/HHMM/<name>`, whole and durable before anybody learns the name."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gateway.blob import CHUNK, Blob, FileBlob
from gateway.clock import Clock, RandomBytes, SystemClock, system_random
from gateway.config_file import ConfigError
from gateway.hosting.clockwatch import ClockWatch
from gateway.hosting.names import HostedName
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Draft, StoredPicture, Usage
from gateway.hosting.stores.durable import empty_scratch, scratch
from gateway.hosting.stores.failures import PROBE_SIZE, StoreFull, as_unavailable
from gateway.hosting.stores.file_picture import FilePicture
from gateway.hosting.stores.folder import unusable
from gateway.hosting.stores.ledger import Ledger
from gateway.hosting.stores.lock import RootLock, sweeping
from gateway.hosting.stores.periodic import Periodic
from gateway.hosting.stores.record import RecordFile
from gateway.hosting.stores.shards import Shard
from gateway.hosting.stores.sweeper import Sweeper
from gateway.hosting.stores.threads import Threads
from gateway.hosting.stores.tree import Tree, total
from gateway.logs import event
from gateway.spool import SpooledBlob

THREADS = 8
"""Disks serve a few requests at a time best; more threads would only queue inside the kernel."""

SWEEP_EVERY = 60.0
"""Seconds; the grain of the directories."""

RECOUNT_EVERY = 3600.0
"""Seconds between recounts of a store whose totals are not certain."""

RECOUNT_IN_COMPANY = 60.0
"""Seconds, where other processes of this gateway write too: the budget is theirs together."""
MOST_COUNTING = 0.02
"""Of the time, for a store so large that a recount takes long."""

_log = logging.getLogger(__name__)


class FileStore:
    """A `gateway.hosting.stores.base.Store` in one directory of a local file system.

    Safe against a crash at any moment and against several processes on one directory, whose totals are then
    approximate (see `ledger`). Needs POSIX; its owner alone may read the files.
    """

    def __init__(
        self,
        root: Path,
        retention: Retention,
        *,
        clock: Clock | None = None,
        random_bytes: RandomBytes = system_random,
        sweep_every: float = SWEEP_EVERY,
        in_company: bool = False,
    ) -> None:
        """`in_company`: other processes of this gateway are known to use the directory too."""
        self._retention = retention
        self._in_company = in_company
        self._recounted = float("-inf")
        self._recount_took = 0.0
        self._clock = clock or SystemClock()
        self._random_bytes = random_bytes
        self._threads = Threads(THREADS)
        self._tree = Tree(root.absolute())
        self._lock = RootLock(self._tree.root)
        self._ledger = Ledger(RecordFile(self._tree.root), self._tree.usage)
        self._sweeper = Sweeper(self._tree, self._ledger, retention, self._clock)
        self._watch = ClockWatch(self._clock)
        self._sweeps = Periodic(self.sweep, interval=sweep_every, clock=self._clock)
        every = RECOUNT_IN_COMPANY if in_company else RECOUNT_EVERY
        self._recounts = Periodic(self._recount_if_due, interval=every, clock=self._clock)
        self._sweeping = asyncio.Lock()
        self._recounting = asyncio.Lock()

    async def open(self) -> None:
        try:
            await self._threads.run(self._set_up)
        except OSError as error:
            raise ConfigError([unusable(self._tree.root, error)]) from error
        self._sweeps.start()
        self._recounts.start(at_once=True)

    async def put(self, draft: Draft) -> HostedName:
        if draft.blob.size > self._retention.max_size:
            raise StoreFull
        with as_unavailable("put"):
            name = await self._threads.run(self._write, draft)
        if self._ledger.usage.bytes > self._retention.max_size:
            self._sweeps.wake()
        return name

    async def get(self, name: HostedName) -> StoredPicture | None:
        opening = self._threads.run(self._open, name)
        try:
            with as_unavailable("get"):
                return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_unwanted)
            raise

    async def delete(self, name: HostedName) -> bool:
        with as_unavailable("delete"):
            return await self._threads.run(self._remove, name)

    def admit(self) -> None:
        """Nothing is known here."""

    async def probe(self) -> None:
        with as_unavailable("probe"):
            await self._threads.run(self._write_nothing)

    def expires_at(self, name: HostedName) -> float:
        return self._retention.expires_at(name)

    @property
    def evicted_before(self) -> float:
        return self._sweeper.evicted_before

    def usage(self) -> Usage:
        return self._ledger.usage

    async def sweep(self) -> Usage:
        """Delete what has expired or exceeds the budget; what went. Runs by itself in the background."""
        async with self._sweeping:
            removed = Usage()
            if self._watch.trusted():
                removed += await self._threads.run(self._sweeper.expire)
            if self._in_company:
                return removed + await self._shrink_in_turn()
            return removed + await self._threads.run(self._sweeper.shrink)

    async def _shrink_in_turn(self) -> Usage:
        """Unless another process does it right now; and by what is there, which others have changed meanwhile."""
        if self._ledger.usage.bytes <= self._retention.max_size:
            return Usage()
        async with self._recounting:
            return await self._threads.run(self._recount_and_shrink)

    def _recount_and_shrink(self) -> Usage:
        """In one piece: whoever stops waiting for it leaves no lock behind."""
        with sweeping(self._tree.root) as alone:
            if not alone:
                return Usage()
            self._ledger.begin_recount()
            for shard in self._sweeper.until_stopped():
                self._ledger.recount(shard)
            if self._sweeper.stopped:
                return Usage()
            self._ledger.end_recount()
            return self._sweeper.shrink()

    async def recount(self) -> None:
        """Make the totals exact by listing every directory, one at a time so that other work goes between."""
        async with self._recounting:
            began = self._clock.monotonic()
            await self._threads.run(self._ledger.begin_recount)
            shards = self._tree.shards()
            while shard := await self._threads.run(next, shards, None):
                await self._threads.run(self._ledger.recount, shard)
            await self._threads.run(self._ledger.end_recount)
            self._recounted = self._clock.monotonic()
            self._recount_took = self._recounted - began

    async def close(self) -> None:
        self._sweeper.stop()
        await self._sweeps.stop()
        await self._recounts.stop()
        await asyncio.to_thread(self._threads.close)
        self._lock.release()

    async def _recount_if_due(self) -> None:
        rested = self._clock.monotonic() - self._recounted >= self._recount_took / MOST_COUNTING
        if not self._ledger.on_record and rested:
            await self.recount()

    def _set_up(self) -> None:
        self._tree.make()
        alone = self._lock.acquire()
        if alone and (leftovers := empty_scratch(self._tree.root)):
            event(_log, logging.INFO, "unfinished files removed", files=leftovers)
        self._ledger.load(alone=alone and not self._in_company)
        self._lock.share()
        self._sweeper.look()

    def _write(self, draft: Draft) -> HostedName:
        with scratch(self._tree.root) as unnamed:
            size, sha256 = _copy(draft.blob, unnamed.file)
            name = HostedName.make(self._clock.time(), self._random_bytes, sha256, draft.operation, draft.format)
            shard = Shard.of(name)
            with self._ledger.working_on(shard):
                self._tree.adopt(unnamed, name)
                self._ledger.change(shard, Usage(1, size))
        return name

    def _write_nothing(self) -> None:
        with scratch(self._tree.root) as unnamed:
            unnamed.file.write(bytes(PROBE_SIZE))

    def _open(self, name: HostedName) -> FilePicture | None:
        file = self._tree.open(name)
        return None if file is None else FilePicture(name, file, self._threads)

    def _remove(self, name: HostedName) -> bool:
        found = self._tree.find(name)
        if found is None:
            return False
        shard = Shard.of(name)
        with self._ledger.working_on(shard):
            removed = self._tree.remove(shard, [found])
            self._ledger.change(shard, Usage() - total(removed))
        return bool(removed)


def _copy(blob: Blob, file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of what was written, taken from the very bytes that were."""
    size, digest = 0, hashlib.sha256()
    for piece in _pieces(blob):
        digest.update(piece)
        size += file.write(piece)
    return size, digest.hexdigest()


def _pieces(blob: Blob) -> Iterator[bytes]:
    if isinstance(blob, SpooledBlob):
        yield from blob.pieces()
        return
    if not isinstance(blob, FileBlob):
        yield blob.read()
        return
    with blob.path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _close_unwanted(opening: asyncio.Future[FilePicture | None]) -> None:
    """Close what was opened for somebody who did not wait."""
    if not opening.cancelled() and opening.exception() is None and (picture := opening.result()):
        picture.abandon()
