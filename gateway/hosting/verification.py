"""Checking a file store from outside: every picture against the digest in its name."""

from __future__ import annotations

import errno
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gateway.hosting.names import HostedName
from gateway.hosting.stores.durable import KEYS, SCRATCH
from gateway.hosting.stores.lock import LOCK, SWEEPING
from gateway.hosting.stores.record import RECORD
from gateway.hosting.stores.shards import Shard, is_day
from gateway.hosting.stores.tree import named


class Kind(StrEnum):
    GOOD = "good"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    """Nothing that the store put there; it is never served and never removed."""
    UNFINISHED = "unfinished"
    """Being written, or left behind by a writer that was killed."""


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    path: Path


@dataclass(frozen=True, slots=True)
class Report:
    good: int
    damaged: tuple[str, ...]
    """Names of the pictures."""
    foreign: int
    unfinished: int


_OWN = {SCRATCH, KEYS, LOCK, SWEEPING, RECORD}


def verify(root: Path) -> Report:
    """Read everything below `root`, which may be in use meanwhile. Blocks; OSError if it cannot be read."""
    counts: Counter[Kind] = Counter()
    damaged: list[str] = []
    for finding in inspect(root):
        counts[finding.kind] += 1
        if finding.kind is Kind.DAMAGED:
            damaged.append(finding.path.name)
    return Report(counts[Kind.GOOD], tuple(damaged), counts[Kind.FOREIGN], counts[Kind.UNFINISHED])


def inspect(root: Path) -> Iterator[Finding]:
    """One finding per picture or foreign entry, oldest pictures first. Links are found and not followed."""
    days = _listed(root)
    yield from (Finding(Kind.UNFINISHED, Path(entry.path)) for entry in _entries(root / SCRATCH))
    for entry in days:
        if is_day(entry.name) and entry.is_dir(follow_symlinks=False):
            yield from _inspect_day(entry)
        elif entry.name not in _OWN:
            yield Finding(Kind.FOREIGN, Path(entry.path))


def _inspect_day(day: os.DirEntry[str]) -> Iterator[Finding]:
    for entry in _entries(Path(day.path)):
        shard = Shard.parse(day.name, entry.name)
        if shard is not None and entry.is_dir(follow_symlinks=False):
            yield from _inspect_shard(shard, Path(entry.path))
        else:
            yield Finding(Kind.FOREIGN, Path(entry.path))


def _inspect_shard(shard: Shard, folder: Path) -> Iterator[Finding]:
    for entry in _entries(folder):
        path = Path(entry.path)
        name = named(entry, shard)
        if name is None:
            yield Finding(Kind.FOREIGN, path)
        elif (is_sound := _is_sound(path, name)) is not None:
            yield Finding(Kind.GOOD if is_sound else Kind.DAMAGED, path)


def _is_sound(path: Path, name: HostedName) -> bool | None:
    """None for a picture that expired since it was listed."""
    try:
        with path.open("rb") as file:
            return name.certifies(hashlib.file_digest(file, "sha256").hexdigest())
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.EIO:
            return False  # the disk itself says so
        raise


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return _listed(folder)
    except FileNotFoundError:
        return []  # pruned since its parent was listed
