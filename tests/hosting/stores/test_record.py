from __future__ import annotations

from pathlib import Path

import pytest

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import SCRATCH
from gateway.hosting.stores.record import RECORD, Record, RecordFile
from gateway.hosting.stores.shards import Shard

SOME = Record(Usage(3, 4096), frozenset({Shard("20251124", "1307"), Shard("20251124", "1308")}))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / SCRATCH).mkdir()
    return tmp_path


def test_what_was_written_is_read(root: Path) -> None:
    file = RecordFile(root)
    file.write(Record(Usage(), frozenset()))
    file.write(SOME)

    assert file.exists()
    assert file.read() == SOME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"images": 1, "bytes": 2}',
        '{"images": -1, "bytes": 2, "open": []}',
        '{"images": "1", "bytes": 2, "open": []}',
        '{"images": 1, "bytes": 2, "open": [["..", "etc"]]}',
        '{"images": 1, "bytes": 2, "open": [["20251124"]]}',
        '{"images": 1, "bytes": 2, "open": ["20251124/1307"]}',
        '{"images": 1, "bytes": 2, "open": [], "more": 1}',
    ],
)
def test_a_record_that_makes_no_sense_is_none(root: Path, text: str) -> None:
    (root / RECORD).write_text(text)

    assert RecordFile(root).read() is None


def test_no_record_is_none_and_removing_it_is_no_error(root: Path) -> None:
    file = RecordFile(root)
    file.remove()

    assert not file.exists()
    assert file.read() is None


def test_a_removed_record_is_gone(root: Path) -> None:
    file = RecordFile(root)
    file.write(SOME)
    file.remove()

    assert [path.name for path in root.iterdir()] == [SCRATCH]
