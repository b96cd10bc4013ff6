"""How much an object store holds: counted by listing from time to time, and kept up with what this process does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.bucket import Entry


class Tally:
    """Exact for one process; what other replicas do meanwhile is seen by the next count.

    A listing may show what is being stored before the store has said so, and what is being deleted or not. So
    both are announced first, and a count leaves them to whoever announced them.
    """

    def __init__(self) -> None:
        self.usage = Usage()
        self._coming: set[str] = set()
        self._going: set[str] = set()
        self._uncounted: set[str] = set()
        """Of those that go: what the last count has left out, so that nobody takes it off again."""
        self._count: _Count | None = None

    @contextmanager
    def coming(self, path: str) -> Iterator[None]:
        """While `path` is being stored; call `put` inside once it is."""
        self._coming.add(path)
        try:
            yield
        finally:
            self._coming.discard(path)

    @contextmanager
    def going(self, paths: Collection[str]) -> Iterator[None]:
        """While `paths` are being deleted; call `gone` inside for each that was."""
        self._going.update(paths)
        if self._count is not None:
            self._count.going(paths)
        try:
            yield
        finally:
            self._going.difference_update(paths)
            self._uncounted.difference_update(paths)

    def put(self, path: str, size: int) -> None:
        self.usage += Usage(1, size)
        if self._count is not None:
            self._count.put[path] = size

    def gone(self, path: str, size: int) -> None:
        if path in self._uncounted:
            return
        self.usage -= Usage(1, size)
        if self._count is not None:
            self._count.drop(path, size)

    def begin(self) -> None:
        """Count anew; what happens until `end` is neither missed nor counted twice."""
        self._count = _Count()

    def see(self, page: Iterable[Entry]) -> None:
        """Pictures, in the order of their paths."""
        if self._count is not None:
            self._count.see(page, self._coming, self._going)

    def end(self) -> None:
        if self._count is not None:
            self.usage = self._count.total
            self._uncounted = self._going - self._count.counted
        self._count = None


class _Count:
    def __init__(self) -> None:
        self.put: dict[str, int] = {}
        self.counted: set[str] = set()
        """Of those that go: what was counted before they did."""
        self._gone: set[str] = set()
        self._seen = Usage()
        self._seen_to = ""

    def going(self, paths: Iterable[str]) -> None:
        self.counted.update(path for path in paths if path in self.put or path <= self._seen_to)

    def see(self, page: Iterable[Entry], coming: AbstractSet[str], going: AbstractSet[str]) -> None:
        for entry in page:
            if not any(entry.path in others for others in (coming, going, self.put, self._gone)):
                self._seen += Usage(1, entry.size)
            self._seen_to = entry.path

    def drop(self, path: str, size: int) -> None:
        if self.put.pop(path, None) is None and path in self.counted:
            self._seen -= Usage(1, size)
        self._gone.add(path)

    @property
    def total(self) -> Usage:
        return self._seen + Usage(len(self.put), sum(self.put.values()))
