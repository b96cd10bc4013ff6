from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import SCRATCH
from gateway.hosting.stores.ledger import Ledger
from gateway.hosting.stores.record import RECORD, Record, RecordFile
from gateway.hosting.stores.shards import Shard

OLD, MIDDLE, NEW = (Shard("20251124", f"130{minute}") for minute in range(3))
ONE = Usage(1, 100)


class Disk:
    """What the shards hold, changed only as the rule of the ledger asks."""

    def __init__(self) -> None:
        self.shards: dict[Shard, Usage] = {}
        self.listed: list[Shard] = []
        self.while_listing: Callable[[], None] = lambda: None

    def count(self, shard: Shard) -> Usage:
        self.listed.append(shard)
        usage = self.shards.get(shard, Usage())
        happening, self.while_listing = self.while_listing, lambda: None
        happening()
        return usage

    def put(self, ledger: Ledger, shard: Shard, by: Usage = ONE) -> None:
        with ledger.working_on(shard):
            self.shards[shard] = self.shards.get(shard, Usage()) + by
            ledger.change(shard, by)

    def fail(self, ledger: Ledger, shard: Shard) -> None:
        """Add a picture, and fail before it is counted."""
        with ledger.working_on(shard):
            self.shards[shard] += ONE
            raise OSError(errno.EIO, "disk")

    @property
    def usage(self) -> Usage:
        return sum(self.shards.values(), start=Usage())


@pytest.fixture
def file(tmp_path: Path) -> RecordFile:
    (tmp_path / SCRATCH).mkdir()
    return RecordFile(tmp_path)


@pytest.fixture
def disk() -> Disk:
    return Disk()


def started(file: RecordFile, disk: Disk, *, alone: bool = True) -> Ledger:
    ledger = Ledger(file, disk.count)
    ledger.load(alone=alone)
    return ledger


def recounted(ledger: Ledger, disk: Disk) -> None:
    ledger.begin_recount()
    for shard in sorted(disk.shards):
        ledger.recount(shard)
    ledger.end_recount()


def test_changes_are_counted(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    disk.put(ledger, OLD)
    disk.put(ledger, OLD, Usage(2, 50))
    disk.put(ledger, NEW, Usage() - ONE)

    assert ledger.usage == Usage(2, 50)


def test_totals_outlive_a_process_that_was_killed_at_any_step(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    for shard in (OLD, OLD, MIDDLE, NEW, OLD, NEW):
        disk.put(ledger, shard)
        assert started(file, disk).usage == disk.usage

    assert ledger.usage == disk.usage


def test_a_start_lists_open_shards_alone(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    for shard in (OLD, MIDDLE, NEW):
        disk.put(ledger, shard)
    disk.listed.clear()
    started(file, disk)

    assert disk.listed == [NEW]


def test_a_shard_is_listed_once_however_much_it_changes(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    for _ in range(50):
        disk.put(ledger, NEW)

    assert disk.listed == [NEW]


def test_a_shard_is_on_record_as_open_before_it_changes(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    with ledger.working_on(NEW):
        record = file.read()

    assert record == Record(Usage(), frozenset({NEW}))


def test_a_shard_that_is_worked_on_stays_open(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    with ledger.working_on(OLD):
        disk.put(ledger, NEW)
        record = file.read()

    assert record is not None
    assert record.open == {OLD, NEW}


def test_the_minute_that_fills_stays_open_while_old_ones_are_swept(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    for shard in (NEW, OLD, MIDDLE, NEW):
        disk.put(ledger, shard)

    assert disk.listed == [NEW, OLD, MIDDLE]


def test_without_a_record_the_totals_are_not_certain_until_a_recount(file: RecordFile, disk: Disk) -> None:
    disk.shards = {OLD: ONE, MIDDLE: ONE}
    ledger = started(file, disk)
    before = ledger.on_record
    recounted(ledger, disk)

    assert (before, ledger.on_record, ledger.usage) == (False, True, Usage(2, 200))


def test_totals_are_never_negative(file: RecordFile, disk: Disk) -> None:
    disk.shards = {OLD: ONE}
    ledger = started(file, disk)
    disk.put(ledger, OLD, Usage() - ONE)

    assert ledger.usage == Usage()


@pytest.mark.parametrize("touched", [OLD, MIDDLE, NEW])
@pytest.mark.parametrize("listing", [OLD, MIDDLE])
def test_a_recount_is_exact_whatever_changes_meanwhile(
    file: RecordFile, disk: Disk, listing: Shard, touched: Shard
) -> None:
    disk.shards = {OLD: Usage(5, 500), MIDDLE: Usage(7, 700)}
    ledger = started(file, disk)
    ledger.begin_recount()
    for shard in (OLD, MIDDLE):
        if shard == listing:
            disk.while_listing = lambda: disk.put(ledger, touched)
        ledger.recount(shard)
        disk.put(ledger, touched)
    ledger.end_recount()

    assert ledger.usage == disk.usage


def test_a_shard_settled_during_a_recount_keeps_its_own_count(file: RecordFile, disk: Disk) -> None:
    disk.shards = {OLD: Usage(5, 500)}
    ledger = started(file, disk)
    ledger.begin_recount()
    disk.put(ledger, OLD)
    disk.put(ledger, NEW)  # settles the older one
    ledger.recount(OLD)
    ledger.end_recount()

    assert ledger.usage == disk.usage == Usage(7, 700)
    assert started(file, disk).usage == disk.usage


def test_a_change_that_failed_half_way_is_listed_before_it_is_settled(file: RecordFile, disk: Disk) -> None:
    ledger = started(file, disk)
    recounted(ledger, disk)
    disk.put(ledger, OLD)
    with pytest.raises(OSError, match="disk"):
        disk.fail(ledger, OLD)
    disk.put(ledger, NEW)

    assert ledger.usage == disk.usage == Usage(3, 300)
    assert started(file, disk).usage == disk.usage


def test_in_company_there_is_no_record(file: RecordFile, disk: Disk) -> None:
    file.write(Record(ONE, frozenset()))
    ledger = started(file, disk, alone=False)
    disk.put(ledger, NEW)
    recounted(ledger, disk)

    assert not file.exists()
    assert ledger.usage == disk.usage


def test_who_finds_its_record_gone_keeps_none(file: RecordFile, disk: Disk) -> None:
    first = started(file, disk)
    recounted(first, disk)
    second = started(file, disk, alone=False)
    disk.put(first, OLD)
    disk.put(second, NEW)
    recounted(first, disk)

    assert not first.on_record
    assert not file.exists()
    assert first.usage == disk.usage


def test_a_record_that_cannot_be_written_is_withdrawn(
    file: RecordFile, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Record) -> None:
        raise OSError(errno.ENOSPC, "full")

    ledger = started(file, disk)
    recounted(ledger, disk)
    with monkeypatch.context() as patched:
        patched.setattr(file, "write", full)
        disk.put(ledger, NEW)
        withdrawn = not file.exists() and not ledger.on_record
    recounted(ledger, disk)

    assert withdrawn
    assert started(file, disk).usage == disk.usage == ONE


def test_nothing_may_change_while_a_stale_record_cannot_be_withdrawn(
    file: RecordFile, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EROFS, "read-only")

    ledger = started(file, disk)
    recounted(ledger, disk)
    monkeypatch.setattr(file, "write", broken)
    monkeypatch.setattr(file, "remove", broken)
    for _ in range(2):
        with pytest.raises(OSError, match="read-only"), ledger.working_on(NEW):
            pytest.fail("the shard is not open on record")


def test_a_record_that_makes_no_sense_counts_as_none(file: RecordFile, disk: Disk, tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text("{")

    assert not started(file, disk).on_record
