"""What a client's `Idempotency-Key` was answered with: one small file a key, kept over restarts for a day."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from gateway.answers import Answer, AnsweredImage
from gateway.clock import Clock
from gateway.hosting.names import HostedName
from gateway.jobs import Claim

LIFE = 86400
"""Seconds that a key stands for its request."""


@dataclass(frozen=True, slots=True)
class Kept:
    digest: str
    answer: Answer


class ClaimStore:
    """Files in one directory a day, so that a key is found in two looks and a day is forgotten in one."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock

    async def get(self, key: str) -> Kept | None:
        return await asyncio.to_thread(self._read, key)

    async def put(self, claim: Claim, answer: Answer) -> None:
        """Keep an answer whose pictures are all hosted; durable when this returns."""
        await asyncio.to_thread(self._write, claim, answer)

    def _read(self, key: str) -> Kept | None:
        now = self._clock.time()
        for day in (now, now - LIFE):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                record = json.loads(self._path(day, key).read_bytes())
                if now - record["stored"] < LIFE:
                    return Kept(record["digest"], _answer(record))
        return None

    def _write(self, claim: Claim, answer: Answer) -> None:
        now = self._clock.time()
        path = self._path(now, claim.key)
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._forget_old_days(now)
        temporary = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
        record = {
            "stored": now,
            "digest": claim.digest,
            "created": answer.created,
            "upstream": answer.upstream,
            "attempts": answer.attempts,
            "images": [{"name": str(image.name), "revised_prompt": image.revised_prompt} for image in answer.images],
        }
        with temporary.open("wb") as file:
            file.write(json.dumps(record).encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)

    def _forget_old_days(self, now: float) -> None:
        kept = {self._path(day, "").parent for day in (now + LIFE, now, now - LIFE)}
        for folder in self._root.iterdir():
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def _path(self, day: float, key: str) -> Path:
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._root / time.strftime("%Y%m%d", time.gmtime(day)) / f"{name}.json"


def _answer(record: dict[str, object]) -> Answer:
    images = record["images"]
    if not isinstance(images, list):
        raise TypeError(type(images))
    return Answer(
        created=int(str(record["created"])),
        images=tuple(_image(image) for image in images),
        upstream=str(record["upstream"]),
        attempts=int(str(record["attempts"])),
    )


def _image(image: dict[str, str | None]) -> AnsweredImage:
    name = HostedName.parse(image["name"] or "")
    if name is None:
        raise ValueError("not a name of ours")
    return AnsweredImage(name, None, image["revised_prompt"])
