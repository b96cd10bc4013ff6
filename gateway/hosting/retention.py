"""How long hosted pictures stay, and how much room they may take."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.hosting.names import HostedName

GRACE = 60.0
"""Seconds between a picture's end and its deletion: machines that share a store differ by less."""

_LOW_WATER = 0.95
"""What eviction shrinks a store to, so that the next picture does not start it again."""


@dataclass(frozen=True, slots=True)
class Retention:
    ttl: float = 86_400
    """Seconds from the creation of a picture to its end."""
    max_size: int = 10 * 1024**3
    """Bytes of all pictures together; the oldest go first."""

    def expires_at(self, name: HostedName) -> float:
        """Seconds since 1970."""
        return name.created + self.ttl

    def deadline(self, now: float) -> float:
        """Pictures created at this time or earlier are to be deleted."""
        return now - self.ttl - GRACE

    @property
    def low_water(self) -> int:
        """Bytes that are left once a store over its budget was shrunk."""
        return int(self.max_size * _LOW_WATER)
