"""Answers kept in this process, and beside it for all workers, or where Redis is configured for all replicas."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress

from gateway.answers import Answer
from gateway.caching.claims import image_of, images_of
from gateway.caching.memory import AnswerCache, Found
from gateway.clock import Clock
from gateway.shared_state import SharedStateDown, SharedValues


class Shelf:
    """What is shared gets names, never pictures: an answer that holds one stays in the process that made it."""

    def __init__(self, memory: AnswerCache, shared: SharedValues | None, clock: Clock) -> None:
        self._memory = memory
        self._shared = shared
        self._clock = clock

    async def get(self, key: str) -> Found | None:
        found = self._memory.get(key)
        if found is not None or self._shared is None:
            return found
        try:
            data = await self._shared.get(_name(key))
        except SharedStateDown:
            return None
        return self._read(data) if data is not None else None

    async def put(self, key: str, answer: Answer, ttl: float) -> None:
        """Keep `answer` for `ttl` seconds."""
        self._memory.put(key, answer, ttl)
        if self._shared is None or ttl <= 0 or any(image.name is None or image.picture for image in answer.images):
            return
        with suppress(SharedStateDown):
            await self._shared.put(_name(key), self._written(answer), ttl)

    def _written(self, answer: Answer) -> bytes:
        return json.dumps(
            {
                "stored": self._clock.time(),
                "created": answer.created,
                "upstream": answer.upstream,
                "attempts": answer.attempts,
                "images": images_of(answer),
            }
        ).encode()

    def _read(self, data: bytes) -> Found | None:
        """None for what another version of this gateway, or somebody else, has written."""
        try:
            record = json.loads(data)
            images = tuple(image_of(image["name"], image["revised_prompt"]) for image in record["images"])
            answer = Answer(int(record["created"]), images, str(record["upstream"]), int(record["attempts"]))
            age = self._clock.time() - float(record["stored"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return Found(answer, max(0, int(age)))


def _name(key: str) -> str:
    return f"answer:{hashlib.sha256(key.encode()).hexdigest()}"
