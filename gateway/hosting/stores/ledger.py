"""How many pictures and bytes a file store holds: exact, durable, and without counting at start.

One rule makes that possible: a shard is changed only while the record on disk calls it *open*. The record
holds the sum of all other shards. So however the process ends, the truth is that sum plus a listing of the
two or three open shards; closing needs no last word, and a start looks at nothing else.

    put, delete, expiry   open the shard: list it, settle older ones that nobody works on, write the record;
                          then change the directory, and count the change in memory

A record that cannot be written is withdrawn rather than left to become wrong. Without a record the totals
start from nothing, and a recount in the background makes them exact, one shard at a time: an open shard
counts itself, and one that was opened while it was listed is left to its own counter.

Processes that share a root cannot share a record. Whoever notices company withdraws the record for good and
recounts from time to time; between two recounts it knows only its own changes.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.record import Record, RecordFile
from gateway.hosting.stores.shards import Shard
from gateway.logs import event

_log = logging.getLogger(__name__)
_NOTHING = Usage()


class Ledger:
    """Used from many threads. Only `usage` and `on_record` may be read on the event loop."""

    def __init__(self, file: RecordFile, count: Callable[[Shard], Usage]) -> None:
        """`count` lists a shard and sums it up."""
        self._file = file
        self._count = count
        self._lock = Lock()
        self._total = _NOTHING
        self._open: dict[Shard, Usage] = {}
        self._workers: Counter[Shard] = Counter()
        self._doubted: set[Shard] = set()
        """Open shards in which a change failed half-way: they are listed once more before they are settled."""
        self._recount: _Recount | None = None
        self._in_company = False
        self._on_record = False

    @property
    def usage(self) -> Usage:
        total = self._total  # replaced whole, so reading it needs no lock
        return Usage(max(0, total.images), max(0, total.bytes))

    @property
    def on_record(self) -> bool:
        """Whether the totals are exact and the record says so; if not, a recount is due."""
        return self._on_record

    def load(self, *, alone: bool) -> None:
        """Start from the record, or from nothing if there is none or another process is at work."""
        if not alone:
            self._in_company = True
            self._file.remove()
            return
        record = self._file.read()
        if record is None:
            return
        self._open = {shard: self._count(shard) for shard in record.open}
        self._total = sum(self._open.values(), start=record.settled)
        self._on_record = True

    @contextmanager
    def working_on(self, shard: Shard) -> Iterator[None]:
        """Allow changes to a shard while inside; report them with `change`."""
        with self._lock:
            if shard not in self._open:
                self._begin(shard)
            self._workers[shard] += 1
        try:
            yield
        except OSError:
            self._doubted.add(shard)
            raise
        finally:
            with self._lock:
                self._workers[shard] -= 1

    def change(self, shard: Shard, by: Usage) -> None:
        with self._lock:
            self._open[shard] += by
            self._total += by

    def is_idle(self, shard: Shard) -> bool:
        """Whether nobody works on a shard."""
        with self._lock:
            return not self._workers[shard]

    def begin_recount(self) -> None:
        with self._lock:
            self._save()
            if self._in_company:  # others change open shards too, so these do not count themselves
                self._end_idle(list(self._open))
            self._recount = _Recount()

    def recount(self, shard: Shard) -> None:
        """Count one shard of the walk."""
        recount = self._recount
        if recount is None or shard in self._open or shard in recount.opened:
            return
        usage = self._count(shard)  # without the lock: a listing may take its time
        with self._lock:
            if shard not in recount.opened:
                recount.settled[shard] = usage

    def end_recount(self) -> None:
        """Every shard was visited: the totals are exact now."""
        with self._lock:
            if self._recount is None:
                return
            counted = sum(self._recount.settled.values(), start=_NOTHING)
            self._total = sum(self._open.values(), start=counted)
            self._recount = None
            if not self._in_company:
                self._write()

    def _begin(self, shard: Shard) -> None:
        self._end_idle([older for older in self._open if older < shard])
        self._open[shard] = self._count(shard)
        try:
            self._save()
        except OSError:
            del self._open[shard]  # the record still counts it as settled, so it must not change
            raise
        if self._recount is not None:
            self._recount.opened.add(shard)
            self._recount.settled.pop(shard, None)

    def _end_idle(self, shards: Iterable[Shard]) -> None:
        for shard in shards:
            if not self._workers[shard]:
                self._end(shard)

    def _end(self, shard: Shard) -> None:
        if shard in self._doubted:
            usage = self._count(shard)
            self._total += usage - self._open[shard]
            self._open[shard] = usage
            self._doubted.discard(shard)
        usage = self._open.pop(shard)
        del self._workers[shard]
        if self._recount is not None:
            self._recount.settled[shard] = usage

    def _save(self) -> None:
        if self._in_company:
            self._file.remove()  # one of the others may have written it before it noticed us
        elif not self._on_record:
            return
        elif self._file.exists():
            self._write()
        else:
            event(_log, logging.WARNING, "record of totals was taken away, they are approximate now")
            self._in_company = True
            self._on_record = False

    def _write(self) -> None:
        settled = self._total - sum(self._open.values(), start=_NOTHING)
        if settled.images < 0 or settled.bytes < 0:
            self._withdraw("the disk holds more than was counted")
            return
        try:
            self._file.write(Record(settled, frozenset(self._open)))
        except OSError as error:
            self._withdraw(error.strerror)
        else:
            self._on_record = True

    def _withdraw(self, reason: str | None) -> None:
        event(_log, logging.WARNING, "totals are not on record, they will be recounted", reason=reason)
        self._file.remove()
        self._on_record = False


class _Recount:
    def __init__(self) -> None:
        self.settled: dict[Shard, Usage] = {}
        self.opened: set[Shard] = set()
        """Shards that were opened since the recount began: they count themselves, then and once settled."""
