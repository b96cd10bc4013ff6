"""Damage to pictures: as transfers and disks do it, and as attackers do who know the formats."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from zlib import crc32

_EXTREMES = [b"\0", b"\xff", b"\x7f", b"\x80", b"\x01"]
_NUMBERS = [0, 1, 2, 0x7F, 0xFF, 0x100, 0x3FFF, 0x4000, 0x7FFF, 0xFFFF, 2**24 - 1, 2**31 - 1, 2**31, 2**32 - 1]
_LEFT_BROKEN = 0.25
_CHUNK = struct.Struct(">I4s")


class Mutator:
    """The same damage for the same dice. What it grafts comes from `donors`."""

    def __init__(self, dice: random.Random, donors: Sequence[bytes]) -> None:
        self._dice = dice
        self._donors = donors
        self._kinds = [*self._in_place, self._cut, self._repeat, self._move, self._graft]

    @property
    def _in_place(self) -> list[Callable[[bytes], bytes]]:
        """What moves nothing."""
        return [self._flip, self._extreme, self._number]

    def in_place(self, data: bytes) -> bytes:
        for _ in range(self._dice.choice([1, 1, 2, 3, 6])):
            data = self._dice.choice(self._in_place)(data)
        return data if self._dice.random() < _LEFT_BROKEN else repaired(data)

    def __call__(self, data: bytes) -> bytes:
        for _ in range(self._dice.choice([1, 1, 1, 2, 3, 6])):
            data = self._dice.choice(self._kinds)(data) or data
        if self._dice.random() < 0.1:
            data = data[: self._dice.randint(1, len(data))]
        # Three of four times what holds the container together is put right, so that what lies behind is reached.
        return data if self._dice.random() < _LEFT_BROKEN else repaired(data)

    def _place(self, data: bytes) -> int:
        """Early bytes decide more."""
        most = len(data) if self._dice.random() < 0.5 else min(len(data), 128)
        return self._dice.randrange(most)

    def _flip(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + bytes([data[at] ^ 1 << self._dice.randrange(8)]) + data[at + 1 :]

    def _extreme(self, data: bytes) -> bytes:
        at, length = self._place(data), self._dice.choice([1, 2, 4, 8])
        return data[:at] + self._dice.choice(_EXTREMES) * length + data[at + length :]

    def _number(self, data: bytes) -> bytes:
        at, (form, size) = self._place(data), self._dice.choice([(">H", 2), ("<H", 2), (">I", 4), ("<I", 4)])
        value = self._dice.choice(_NUMBERS) & (1 << 8 * size) - 1
        return data[:at] + struct.pack(form, value) + data[at + size :]

    def _cut(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + data[at + self._dice.choice([1, 2, 4, 12, 100]) :]

    def _repeat(self, data: bytes) -> bytes:
        start, stop = self._piece(data)
        return data[:stop] + data[start:stop] * self._dice.choice([1, 1, 2, 50]) + data[stop:]

    def _move(self, data: bytes) -> bytes:
        start, stop = self._piece(data)
        piece, rest = data[start:stop], data[:start] + data[stop:]
        at = self._dice.randint(0, len(rest))
        return rest[:at] + piece + rest[at:]

    def _graft(self, data: bytes) -> bytes:
        donor = self._dice.choice(self._donors)
        start, stop = self._piece(donor)
        at = self._place(data)
        return data[:at] + donor[start:stop] + data[at + self._dice.choice([0, stop - start]) :]

    def _piece(self, data: bytes) -> tuple[int, int]:
        start = self._dice.randrange(len(data))
        return start, min(len(data), start + self._dice.choice([1, 4, 12, 64, 400]))


def repaired(data: bytes) -> bytes:
    """The checksums of a PNG and the length of a RIFF made right again; any other picture as it is."""
    if data[:4] == b"RIFF" and len(data) > 8:
        return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]
    return _with_checksums(data) if data[:8] == b"\x89PNG\r\n\x1a\n" else data


def _with_checksums(data: bytes) -> bytes:
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        length, _ = _CHUNK.unpack_from(out, at)
        stop = at + 8 + length
        if stop + 4 > len(out):
            break
        struct.pack_into(">I", out, stop, crc32(out[at + 4 : stop]))
        at = stop + 4
    return bytes(out)
