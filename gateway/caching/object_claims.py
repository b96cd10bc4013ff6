"""What Idempotency-Keys were answered with, in the bucket beside the pictures, for all replicas."""

from __future__ import annotations

import logging
from collections.abc import Callable

from gateway.answers import Answer
from gateway.caching.claims import LIFE, Kept, file_of, folder_of, parse, record
from gateway.clock import Clock
from gateway.hosting.stores.bucket import Bucket
from gateway.hosting.stores.durable import KEYS
from gateway.jobs import Claim
from gateway.logs import event

_log = logging.getLogger("gateway.claims")


class ObjectClaims:
    """A `gateway.caching.claims.Claims`. The object store that keeps the pictures forgets the days that are over."""

    def __init__(self, bucket: Bucket, clock: Clock, admit: Callable[[], None] = lambda: None) -> None:
        """`admit` raises where the store is known to be down, so that nobody waits to find that out again."""
        self._admit = admit
        self._bucket = bucket
        self._clock = clock

    async def get(self, key: str) -> Kept | None:
        self._admit()
        now = self._clock.time()
        for day in (now, now - LIFE):
            opened = await self._bucket.get(_path(key, day))
            if opened is None:
                continue
            try:
                kept, stored = parse(await opened.read())
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                event(_log, logging.ERROR, "a kept Idempotency-Key is damaged", cause=repr(error))
                continue
            if now - stored < LIFE:
                return kept
        return None

    async def put(self, claim: Claim, answer: Answer) -> None:
        now = self._clock.time()
        await self._bucket.replace(_path(claim.key, now), record(claim, answer, now))


def _path(key: str, day: float) -> str:
    return f"{KEYS}/{folder_of(day)}/{file_of(key)}"
