"""How much an object store holds: counted by listing from time to time, and kept up with what this process does."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.bucket import Entry


class Tally:
    """Exact for one process; what other replicas do meanwhile is seen by the next count."""

    def __init__(self) -> None:
        self.usage = Usage()
        self._count: _Count | None = None

    def put(self, path: str, size: int) -> None:
        self.usage += Usage(1, size)
        if self._count is not None:
            self._count.put[path] = size

    def gone(self, path: str, size: int) -> None:
        self.usage -= Usage(1, size)
        if self._count is not None:
            self._count.drop(path, size)

    def begin(self) -> None:
        """Count anew; what happens until `end` is neither missed nor counted twice."""
        self._count = _Count()

    def see(self, page: Iterable[Entry]) -> None:
        """Pictures, in the order of their paths."""
        if self._count is not None:
            self._count.see(page)

    def end(self) -> None:
        if self._count is not None:
            self.usage = self._count.total
        self._count = None


class _Count:
    def __init__(self) -> None:
        self.put: dict[str, int] = {}
        self._gone: set[str] = set()
        self._seen = Usage()
        self._seen_to = ""

    def see(self, page: Iterable[Entry]) -> None:
        for entry in page:
            if entry.path not in self.put and entry.path not in self._gone:
                self._seen += Usage(1, entry.size)
            self._seen_to = entry.path

    def drop(self, path: str, size: int) -> None:
        if self.put.pop(path, None) is None and path <= self._seen_to:
            self._seen -= Usage(1, size)
        self._gone.add(path)

    @property
    def total(self) -> Usage:
        return self._seen + Usage(len(self.put), sum(self.put.values()))
