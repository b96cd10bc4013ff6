"""What a client's `Idempotency-Key` was answered with: one small file a key, kept over restarts for a day."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.answers import Answer, AnsweredImage
from gateway.clock import Clock
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.hosting.stores.durable import FOLDER_MODE, Scratch, entered, make_folder
from gateway.jobs import Claim
from gateway.logs import event

LIFE = 86400
"""Seconds that a key stands for its request."""

_log = logging.getLogger("gateway.claims")


@dataclass(frozen=True, slots=True)
class Kept:
    digest: str
    answer: Answer


class Claims(Protocol):
    async def get(self, key: str) -> Kept | None:
        """
        Raises:
            Unavailable: it cannot be told whether the work was done, so doing it might bill it twice.
        """

    async def put(self, claim: Claim, answer: Answer) -> None:
        """Keep an answer whose pictures are all hosted; durable when this returns.

        Raises:
            OSError, Unavailable: it is not.
        """


class ClaimStore:
    """A `Claims`. Files in one directory a day, so that a key is found in two looks and a day is forgotten in one.

    Prompts may stand in them, so their owner alone may read them.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._making = threading.Lock()

    async def get(self, key: str) -> Kept | None:
        try:
            return await asyncio.to_thread(self._read, key)
        except OSError as error:
            raise Unavailable("Idempotency keys cannot be looked up now") from error

    async def put(self, claim: Claim, answer: Answer) -> None:
        await asyncio.to_thread(self._write, claim, answer)

    def _read(self, key: str) -> Kept | None:
        now = self._clock.time()
        for day in (now, now - LIFE):
            try:
                kept, stored = parse((self._root / folder_of(day) / file_of(key)).read_bytes())
            except FileNotFoundError:
                continue
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                event(_log, logging.ERROR, "a kept Idempotency-Key is damaged", cause=repr(error))
                continue
            if now - stored < LIFE:
                return kept
        return None

    def _write(self, claim: Claim, answer: Answer) -> None:
        now = self._clock.time()
        self._make_folder(now)
        with entered(self._root, folder_of(now)) as folder:
            draft = Scratch(folder)
            try:
                draft.file.write(record(claim, answer, now))
                draft.publish(folder, file_of(claim.key))
            finally:
                draft.discard()

    def _make_folder(self, now: float) -> None:
        """The day's, durably; who comes second waits until it is."""
        with self._making:
            if (self._root / folder_of(now)).exists():
                return
            self._root.parent.mkdir(FOLDER_MODE, parents=True, exist_ok=True)
            with entered(self._root.parent) as parent:
                make_folder(parent, self._root.name)
            with entered(self._root) as root:
                make_folder(root, folder_of(now))
            self._forget_old_days(now)

    def _forget_old_days(self, now: float) -> None:
        """Tomorrow's may be there already where the clock was set back."""
        kept = {folder_of(day) for day in (now + LIFE, now, now - LIFE)}
        for folder in self._root.iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)  # what is left is tried again tomorrow


def folder_of(day: float) -> str:
    return time.strftime("%Y%m%d", time.gmtime(day))


def file_of(key: str) -> str:
    return f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def record(claim: Claim, answer: Answer, now: float) -> bytes:
    return json.dumps(
        {
            "stored": now,
            "digest": claim.digest,
            "created": answer.created,
            "upstream": answer.upstream,
            "attempts": answer.attempts,
            "images": images_of(answer),
        }
    ).encode()


def parse(data: bytes) -> tuple[Kept, float]:
    """What was kept, and when. ValueError, KeyError, TypeError or AttributeError when it is not what was written."""
    record = json.loads(data)
    answer = Answer(
        created=int(record["created"]),
        images=tuple(image_of(image["name"], image["revised_prompt"]) for image in record["images"]),
        upstream=str(record["upstream"]),
        attempts=int(record["attempts"]),
    )
    return Kept(str(record["digest"]), answer), float(record["stored"])


def images_of(answer: Answer) -> list[dict[str, str | None]]:
    """What is kept of an answer's pictures, which are all hosted."""
    return [{"name": str(image.name), "revised_prompt": image.revised_prompt} for image in answer.images]


def image_of(filename: str, revised_prompt: str | None) -> AnsweredImage:
    """The other way. ValueError when it names nothing of ours."""
    name = HostedName.parse(filename)
    if name is None:
        raise ValueError("not a name of ours")
    return AnsweredImage(name, None, revised_prompt)
