"""Deleting what has expired or exceeds the budget, at a cost that follows what goes and not what stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile
from threading import Event

from gateway.clock import Clock
from gateway.hosting.retention import Retention
from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.ledger import Ledger
from gateway.hosting.stores.shards import Shard
from gateway.hosting.stores.tree import Found, Tree, total

PLACED_WITHIN = 5.0
"""Seconds from a picture's name to its place: one of an earlier minute than the oldest may still be on its way."""


class Sweeper:
    """Looks at the oldest directories only: the days, the minutes of the oldest, the pictures of its oldest.

    Pictures from the future (a clock that was wrong) come last and are never expired.
    """

    def __init__(self, tree: Tree, ledger: Ledger, retention: Retention, clock: Clock) -> None:
        self._tree = tree
        self._ledger = ledger
        self._retention = retention
        self._clock = clock
        self._stopping = Event()
        self.evicted_before = 0.0
        """Seconds since 1970: pictures created before then may have been deleted for want of room, also by another
        process, or before this one was started.
        """

    def stop(self) -> None:
        """End a sweep in another thread after the shard that it is at."""
        self._stopping.set()

    @property
    def stopped(self) -> bool:
        return self._stopping.is_set()

    def look(self) -> None:
        """Learn from the oldest directory what may be gone, whoever deleted it."""
        oldest = next(self.until_stopped(), None)
        if oldest is not None:
            self._learn(oldest)

    def expire(self) -> Usage:
        """Delete every picture past its end, by the wall clock; what went."""
        deadline = self._retention.deadline(self._clock.time())
        removed = Usage()
        for place, shard in enumerate(self.until_stopped()):
            if place == 0:
                self._learn(shard)
            if shard.begins > deadline:
                break
            expired = [found for found in self._tree.pictures(shard) if found.name.created <= deadline]
            removed += self._remove(shard, expired)
        return removed

    def shrink(self) -> Usage:
        """Over budget, delete the oldest pictures until there is some room; what went."""
        excess = self._ledger.usage.bytes - self._retention.max_size
        if excess <= 0:
            return Usage()
        excess = self._ledger.usage.bytes - self._retention.low_water
        removed = Usage()
        for shard in self.until_stopped():
            if removed.bytes >= excess:
                break
            doomed = _oldest(self._tree.pictures(shard), excess - removed.bytes)
            if doomed:
                self.evicted_before = max(self.evicted_before, doomed[-1].name.created + 1)
            removed += self._remove(shard, doomed)
        return removed

    def until_stopped(self) -> Iterator[Shard]:
        """Every shard, oldest first."""
        return takewhile(lambda _: not self._stopping.is_set(), self._tree.shards())

    def _learn(self, oldest: Shard) -> None:
        begins = min(oldest.begins, self._clock.time())  # one of the future says nothing of now
        self.evicted_before = max(self.evicted_before, begins - PLACED_WITHIN)

    def _remove(self, shard: Shard, doomed: list[Found]) -> Usage:
        removed = Usage()
        if doomed:
            with self._ledger.working_on(shard):
                removed = total(self._tree.remove(shard, doomed))
                self._ledger.change(shard, Usage() - removed)
        if shard.ends <= self._clock.time() and self._ledger.is_idle(shard):  # nothing more comes in
            self._tree.prune(shard)
        return removed


def _oldest(pictures: Iterable[Found], excess: int) -> list[Found]:
    """The first pictures that together hold at least `excess` bytes, or all."""
    chosen: list[Found] = []
    for picture in pictures:
        if excess <= 0:
            break
        chosen.append(picture)
        excess -= picture.size
    return chosen
