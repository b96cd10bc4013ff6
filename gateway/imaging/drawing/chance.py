"""Numbers that look random and are decided by a key: the same on every machine and in every process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_SCALE = 2.0**-53
"""A double holds 53 bits, so a fraction made of that many never rounds up to 1."""


class Chance:
    """An endless stream of numbers from SHA-256 of a key and a counter."""

    def __init__(self, *key: str | int) -> None:
        # repr keeps neighbours apart: ("a", "bc") and ("ab", "c") are different keys.
        self._key = hashlib.sha256(repr(key).encode("utf-8", "surrogatepass")).digest()
        self._drawn = 0

    def fork(self, name: str) -> Chance:
        """A stream of its own, so that what one motif draws does not move the next one."""
        return Chance(self._key.hex(), name)

    def fraction(self) -> float:
        """0 or more, less than 1."""
        self._drawn += 1
        digest = hashlib.sha256(self._key + self._drawn.to_bytes(8, "big")).digest()
        return (int.from_bytes(digest[:8], "big") >> 11) * _SCALE

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.fraction()

    def whole(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + int(self.fraction() * (high - low + 1))

    def either(self, likelihood: float = 0.5) -> bool:
        return self.fraction() < likelihood

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.fraction() * len(choices))]
