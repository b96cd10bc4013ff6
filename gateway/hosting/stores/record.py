"""The totals of a file store on disk, so that a start need not count what is there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import entered, scratch
from gateway.hosting.stores.shards import Shard

RECORD = "usage.json"


@dataclass(frozen=True, slots=True)
class Record:
    settled: Usage
    """What all shards hold together, except the open ones."""
    open: frozenset[Shard]
    """Shards that may have changed since this was written: list them to know."""


class RecordFile:
    """All methods touch the disk. Writing and removing are atomic, and durable on return."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def exists(self) -> bool:
        return (self._root / RECORD).exists()

    def read(self) -> Record | None:
        """The record, or None if there is none that makes sense."""
        try:
            stored = _Stored.model_validate_json((self._root / RECORD).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        shards = [Shard.parse(day, minute) for day, minute in stored.open]
        if None in shards:
            return None
        return Record(Usage(stored.images, stored.bytes), frozenset(filter(None, shards)))

    def write(self, record: Record) -> None:
        shards = [(shard.day, shard.minute) for shard in sorted(record.open)]
        stored = _Stored(images=record.settled.images, bytes=record.settled.bytes, open=shards)
        with scratch(self._root) as draft, entered(self._root) as root:
            draft.file.write(stored.model_dump_json().encode())
            draft.publish(root, RECORD)

    def remove(self) -> None:
        with entered(self._root) as root:
            try:
                os.unlink(RECORD, dir_fd=root)
            except FileNotFoundError:
                return
            os.fsync(root)


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    images: NonNegativeInt
    bytes: NonNegativeInt
    open: list[tuple[str, str]]
    """Day and minute."""
