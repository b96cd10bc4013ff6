"""The file store against a dictionary: whatever is put, expired, evicted, deleted and restarted (H3, H4, H5)."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from support.clocks import ManualClock
from support.effort import Effort

from gateway.blob import MemoryBlob
from gateway.errors import Unavailable
from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE, Retention
from gateway.hosting.stores.base import DamagedPicture, Draft, Usage
from gateway.hosting.stores.durable import SCRATCH
from gateway.hosting.stores.filesystem import FileStore
from gateway.hosting.stores.shards import Shard, path_of
from gateway.images import OUTPUT_FORMATS, Operation

RETENTION = Retention(ttl=600, max_size=2000)


class FileStoreModel(RuleBasedStateMachine):
    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "images"
        self.clock, self.dice = ManualClock(), random.Random(1)
        self.runner = asyncio.Runner()
        self.kept: dict[HostedName, bytes] = {}
        self.damaged: set[HostedName] = set()
        self.store = self.opened()

    def opened(self) -> FileStore:
        store = FileStore(self.root, RETENTION, clock=self.clock, random_bytes=self.dice.randbytes)
        self.run(store.open())
        self.run(store.recount())  # as it does by itself where the totals are not on record
        return store

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(
        target=names,
        size=st.integers(0, 900),
        operation=st.sampled_from(Operation),
        form=st.sampled_from(OUTPUT_FORMATS),
    )
    def put(self, size: int, operation: Operation, form: Any) -> HostedName:
        data = self.dice.randbytes(size)
        name: HostedName = self.run(self.store.put(Draft(MemoryBlob(data), operation, form)))
        assert name not in self.kept
        self.kept[name] = data
        self.sweep()
        return name

    @rule(excess=st.integers(1, 100))
    def put_what_can_never_fit(self, excess: int) -> None:
        draft = Draft(MemoryBlob(bytes(RETENTION.max_size + excess)), Operation.EDIT, OUTPUT_FORMATS[0])
        with pytest.raises(Unavailable):
            self.run(self.store.put(draft))

    @rule(name=names)
    def get(self, name: HostedName) -> None:
        async def read() -> bytes | None:
            picture = await self.store.get(name)
            if picture is None:
                return None
            async with picture:
                start = self.dice.randint(0, picture.size)
                data = await picture.load()
                assert b"".join([piece async for piece in picture.stream(start)]) == data[start:]
                assert b"".join([piece async for piece in picture.stream(0, start)]) == data[:start]
                return data

        if name in self.damaged:
            with pytest.raises(DamagedPicture):
                self.run(read())
        else:
            assert self.run(read()) == self.kept.get(name)

    @rule(name=names)
    def delete(self, name: HostedName) -> None:
        assert self.run(self.store.delete(name)) is (name in self.kept)
        self.gone(name)

    @rule(seconds=st.sampled_from([0.5, 1, 59, 60, 61, 300, 599, 661, 5000]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.sweep()

    @rule(seconds=st.integers(-1800, 1800))
    def set_the_wall_clock(self, seconds: int) -> None:
        self.clock.jump(seconds)
        self.sweep()

    @rule()
    def sweep(self) -> None:
        self.run(self.store.sweep())
        now = self.clock.time()
        for name in [name for name in self.kept if name.created + RETENTION.ttl + GRACE <= now]:
            self.gone(name)
        self.evict()

    def evict(self) -> None:
        total = sum(map(len, self.kept.values()))
        if total <= RETENTION.max_size:
            return
        for name in sorted(self.kept, key=lambda name: (Shard.of(name), str(name))):
            if total <= RETENTION.low_water:
                break
            total -= len(self.kept[name])
            assert name.created < self.store.evicted_before
            self.gone(name)

    @rule(name=names)
    def damage(self, name: HostedName) -> None:
        """As a bad disk does."""
        data = self.kept.get(name)
        if data:
            file = self.root / path_of(name)
            file.write_bytes(bytes([data[0] ^ 1]) + data[1:])
            self.damaged.add(name)

    @rule(unfinished=st.booleans(), foreign=st.booleans())
    def restart(self, *, unfinished: bool, foreign: bool) -> None:
        """With what a writer left that was killed, and with what somebody else laid there."""
        self.run(self.store.close())
        if unfinished:
            (self.root / SCRATCH / "ab").write_bytes(b"half a pic")
        for name in list(self.kept)[:1] if foreign else []:
            (self.root / path_of(name)).with_name("notes.txt").write_bytes(b"not ours")
        self.store = self.opened()
        assert list((self.root / SCRATCH).iterdir()) == []

    @rule()
    def lose_the_record(self) -> None:
        self.run(self.store.close())
        (self.root / "usage.json").unlink(missing_ok=True)
        self.store = self.opened()

    def gone(self, name: HostedName) -> None:
        self.kept.pop(name, None)
        self.damaged.discard(name)

    @invariant()
    def totals_are_exact(self) -> None:
        assert self.store.usage() == Usage(len(self.kept), sum(map(len, self.kept.values())))

    @invariant()
    def every_picture_is_where_its_name_says(self) -> None:
        found = {path.name for path in self.root.glob("*/*/*_*")}
        assert found == {str(name) for name in self.kept}

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()


def test_the_store_keeps_what_a_dictionary_would(effort: Effort) -> None:
    effort.run(FileStoreModel, 4, steps=25)
