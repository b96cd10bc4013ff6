"""The pictures that this gateway hosts, by name: how long each lives, and what is still there."""

from __future__ import annotations

from functools import lru_cache

from gateway.answers import Answer
from gateway.clock import Clock
from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Store, StoredPicture, Usage


class Gallery:
    """A store seen by name and time. A picture that has expired is gone, swept or not."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @property
    def usage(self) -> Usage:
        return self._store.usage()

    def name(self, filename: str) -> HostedName | None:
        """What `filename` names; None when that is nothing of ours or has expired. Does not ask the store."""
        name = _parsed(filename) if len(filename) <= LONGEST_NAME else None
        return name if name is not None and self.seconds_left(name) > 0 else None

    async def open(self, filename: str) -> StoredPicture | None:
        """The picture, to be closed after use; None when the name is not ours, unknown or expired."""
        name = self.name(filename)
        return await self._store.get(name) if name is not None else None

    async def load(self, filename: str) -> bytes | None:
        """The whole picture; None as in `open`."""
        stored = await self.open(filename)
        if stored is None:
            return None
        async with stored:
            return await stored.load()

    def expires_at(self, name: HostedName) -> float:
        """Seconds since 1970."""
        return self._store.expires_at(name)

    def seconds_left(self, name: HostedName) -> float:
        return self.expires_at(name) - self._clock.time()

    def life_left(self, answer: Answer) -> float:
        """Seconds until the first picture that `answer` names is gone; infinite when it names none."""
        names = [image.name for image in answer.images if image.name is not None]
        return min((self.seconds_left(name) for name in names), default=float("inf"))

    def still_has(self, answer: Answer) -> bool:
        """Whether no picture of `answer` has expired or was evicted. Asks no disk: the oldest are evicted first."""
        names = [image.name for image in answer.images if image.name is not None]
        return all(self.seconds_left(name) > 0 and name.created >= self._store.evicted_before for name in names)


LONGEST_NAME = 128
"""Characters, a third more than our names have: what is longer would fill the memory of names with somebody's noise."""
_parsed = lru_cache(maxsize=4096)(HostedName.parse)
"""Most requests are for the pictures of the last minutes."""
