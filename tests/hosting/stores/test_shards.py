from __future__ import annotations

import secrets

import pytest

from gateway.hosting.names import HostedName
from gateway.hosting.stores.shards import Shard, is_day
from gateway.images import ImageFormat, Operation


def test_the_name_alone_tells_the_shard() -> None:
    name = HostedName.make(1_763_989_628, secrets.token_bytes, "00" * 32, Operation.EDIT, ImageFormat.PNG)

    assert Shard.of(name) == Shard("20251124", "1307")


def test_shards_sort_oldest_first() -> None:
    moments = [0, 59, 60, 3600, 86_400, 40_000_000, 1_763_989_628]
    shards = {Shard.at(moment) for moment in moments}

    assert [shard.begins for shard in sorted(shards)] == [0, 60, 3600, 86_400, 39_999_960, 1_763_989_620]


def test_a_shard_spans_one_minute() -> None:
    shard = Shard.at(119.9)

    assert (shard.begins, shard.ends) == (60, 120)
    assert Shard.at(120) != shard


def test_directories_of_ours_are_read_back() -> None:
    shard = Shard.at(1_763_989_628)

    assert Shard.parse(shard.day, shard.minute) == shard


@pytest.mark.parametrize(
    ("day", "minute"),
    [
        ("20251124", "2400"),
        ("20251124", "1360"),
        ("20251324", "1307"),
        ("20250229", "1307"),
        ("19691231", "2359"),
        ("20251124", "130"),
        ("20251124", "13:7"),
        ("2025112", "1307"),
        ("tmp", "1307"),
        ("00000000", "0000"),
    ],
)
def test_other_directories_are_not(day: str, minute: str) -> None:
    assert Shard.parse(day, minute) is None


@pytest.mark.parametrize("text", ["tmp", "lock", "usage.json", "2025-11-24", "20251124\n", "２0251124"])  # noqa: RUF001 - full-width on purpose
def test_a_day_is_eight_digits(text: str) -> None:
    assert not is_day(text)
