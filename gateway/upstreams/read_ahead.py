"""How much of an answer is taken in before anybody reads it: little, where many answers wait for their turn.

Left alone, a connection takes in half a megabyte, a quarter of one at the first read. A thousand answers that arrive
together would so be half a gigabyte, though all but a few of them have to wait. What is not taken in stays at
the backend, which the connection's window tells to wait.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

NARROW = 32 * 1024
"""Bytes. A backend far away sends about as much before it hears of our head the first time, so nothing is lost."""
WIDE = 256 * 1024
"""Bytes that are read at once, of an answer whose turn it is."""
WIDEST_WINDOW = 16 * 2**20
"""Bytes; the kernel's own bounds are below it."""

_CLAMP: int | None = getattr(socket, "TCP_WINDOW_CLAMP", None)
"""Linux only; elsewhere a connection takes in what its system likes."""


class ReadAhead:
    """Of one call: `narrow` when it is sent, `widen` when its answer may be read."""

    __slots__ = ("_narrowed", "is_narrow")

    def __init__(self, *, is_narrow: bool) -> None:
        self.is_narrow = is_narrow
        self._narrowed: socket.socket | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        """The call is sent on `transport`."""
        if self.is_narrow and _CLAMP is not None:
            connected: socket.socket = transport.get_extra_info("socket")
            _clamp(connected, _CLAMP, NARROW)
            self._narrowed = connected

    def widen(self) -> None:
        """Else the connection would stay narrow for whoever has it next."""
        if self._narrowed is not None and _CLAMP is not None:
            _clamp(self._narrowed, _CLAMP, WIDEST_WINDOW)
            self._narrowed = None


def _clamp(connected: socket.socket, option: int, size: int) -> None:
    with suppress(OSError):  # the connection may be gone by now, and a socket need not be TCP
        connected.setsockopt(socket.IPPROTO_TCP, option, size)
