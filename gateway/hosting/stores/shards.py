"""Where a picture lies, as its name alone tells: one directory a day, in it one a minute.

So no index is needed, directories stay small however many pictures there are, and the order of directories is
the order in which pictures expire.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.hosting.names import HostedName

_DAY = re.compile(r"[0-9]{8}")
_MINUTE = re.compile(r"[0-9]{4}")
_SPAN = 60.0  # seconds


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The pictures of one minute. Sorts oldest first."""

    day: str
    """YYYYMMDD"""
    minute: str
    """HHMM"""

    @classmethod
    def at(cls, seconds: float) -> Shard:
        moment = datetime.fromtimestamp(seconds, UTC)
        return cls(f"{moment:%Y%m%d}", f"{moment:%H%M}")

    @classmethod
    def of(cls, name: HostedName) -> Shard:
        return cls.at(name.created)

    @classmethod
    def parse(cls, day: str, minute: str) -> Shard | None:
        """The shard with these two directories, or None if they are not of ours."""
        if not is_day(day) or _MINUTE.fullmatch(minute) is None:
            return None
        shard = cls(day, minute)
        try:
            return shard if shard.begins >= 0 else None
        except ValueError:
            return None  # no such day or hour

    @property
    def begins(self) -> float:
        """Seconds since 1970 of its first possible picture."""
        year, month, day = int(self.day[:4]), int(self.day[4:6]), int(self.day[6:])
        return datetime(year, month, day, int(self.minute[:2]), int(self.minute[2:]), tzinfo=UTC).timestamp()

    @property
    def ends(self) -> float:
        """Seconds since 1970 from which on no new picture belongs here."""
        return self.begins + _SPAN

    def __str__(self) -> str:
        return f"{self.day}/{self.minute}"


def path_of(name: HostedName) -> str:
    """Where it lies below the root of its store."""
    return f"{Shard.of(name)}/{name}"


def is_day(text: str) -> bool:
    """Whether a directory of this name may hold shards."""
    return _DAY.fullmatch(text) is not None
