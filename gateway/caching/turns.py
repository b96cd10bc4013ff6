"""One replica at a time works on equal requests; the others wait for what it keeps."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from gateway.shared_state import SharedState, SharedStateDown

HELD_FOR = 15.0
"""Seconds after which a turn ends by itself, unless it is renewed: its replica may be gone."""
RENEW_EVERY = HELD_FOR / 3
LOOK_EVERY = 0.1
"""Seconds between two looks of whoever waits."""

_TAKE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'0'} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'1'}
"""
_END = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return {}
"""


class SharedTurns:
    """A `gateway.jobs.Turns`. Without Redis everybody's turn has come: work done twice is better than none."""

    def __init__(self, state: SharedState) -> None:
        self._state = state

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        key, holder = key_of(name), secrets.token_hex(16)
        try:
            with suppress(SharedStateDown):
                while not await self._take(key, holder):  # noqa: ASYNC110 - who holds it is elsewhere
                    await asyncio.sleep(LOOK_EVERY)
            renewing = asyncio.create_task(self._renew(key, holder))
            try:
                yield
            finally:
                renewing.cancel()
        finally:
            with suppress(SharedStateDown):
                await self._state.run(_END, key, holder)

    async def _take(self, key: str, holder: str) -> bool:
        """Also what renews it, and takes it again after Redis has lost it."""
        return await self._state.run(_TAKE, key, holder, str(int(HELD_FOR * 1000))) == [b"1"]

    async def _renew(self, key: str, holder: str) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            with suppress(SharedStateDown):
                await self._take(key, holder)


def key_of(name: str) -> str:
    """Names hold what clients sent."""
    return f"turn:{hashlib.sha256(name.encode()).hexdigest()}"
