from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from gateway.clock import Clock
from gateway.hosting.names import HostedName
from gateway.hosting.retention import GRACE, Retention
from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import scratch
from gateway.hosting.stores.ledger import Ledger
from gateway.hosting.stores.record import RecordFile
from gateway.hosting.stores.shards import Shard
from gateway.hosting.stores.sweeper import Sweeper
from gateway.hosting.stores.tree import Tree
from gateway.images import ImageFormat, Operation

TTL = 600.0
SIZE = 10
Keep = Callable[..., HostedName]
Held = Callable[[], list[HostedName]]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "images")
    made.make()
    return made


@pytest.fixture
def ledger(tree: Tree) -> Ledger:
    return Ledger(RecordFile(tree.root), tree.usage)


@pytest.fixture
def sweeper(tree: Tree, ledger: Ledger, clock: Clock) -> Sweeper:
    """Keeps ten minutes and ten pictures of `keep`."""
    return Sweeper(tree, ledger, Retention(ttl=TTL, max_size=10 * SIZE), clock)


@pytest.fixture
def keep(tree: Tree, ledger: Ledger, clock: Clock) -> Keep:
    """Keep a picture of ten bytes that was made that many seconds ago."""

    def kept(age: float = 0) -> HostedName:
        created = clock.time() - age
        name = HostedName.make(created, secrets.token_bytes, "00" * 32, Operation.EDIT, ImageFormat.PNG)
        with scratch(tree.root) as draft, ledger.working_on(Shard.of(name)):
            draft.file.write(bytes(SIZE))
            tree.adopt(draft, name)
            ledger.change(Shard.of(name), Usage(1, SIZE))
        return name

    return kept


@pytest.fixture
def held(tree: Tree) -> Held:
    """What the directories hold, oldest first."""
    return lambda: [found.name for shard in tree.shards() for found in tree.pictures(shard)]


def test_pictures_go_when_their_time_and_the_grace_have_passed(sweeper: Sweeper, keep: Keep, held: Held) -> None:
    keep(86_400 * 3)
    keep(TTL + GRACE + 1)
    keep(TTL + GRACE)
    young = keep(TTL + GRACE - 1)

    assert sweeper.expire() == Usage(3, 3 * SIZE)
    assert held() == [young]


def test_what_went_is_no_longer_counted(sweeper: Sweeper, keep: Keep, ledger: Ledger) -> None:
    for age in (0, TTL, 2 * TTL, 3 * TTL):
        keep(age)
    sweeper.expire()

    assert ledger.usage == Usage(2, 2 * SIZE)


def test_directories_go_with_their_last_picture(sweeper: Sweeper, keep: Keep, tree: Tree) -> None:
    keep(86_400 * 3)
    young = keep()
    sweeper.expire()

    assert list(tree.shards()) == [Shard.of(young)]
    assert len([path for path in tree.root.iterdir() if path.name.isdigit()]) == 1


def test_pictures_from_the_future_stay(sweeper: Sweeper, keep: Keep, held: Held) -> None:
    future = [keep(-60), keep(-86_400), keep(-86_400 * 365)]
    sweeper.expire()

    assert held() == future


def test_foreign_files_and_what_links_show_stay(sweeper: Sweeper, keep: Keep, tree: Tree, tmp_path: Path) -> None:
    old = keep(86_400)
    shard = tree.root / str(Shard.of(old))
    outside = tmp_path / "elsewhere/0000" / str(old)
    outside.parent.mkdir(parents=True)
    outside.write_bytes(b"precious")
    (shard / "notes.txt").write_text("precious")
    (shard / str(old).replace("edit", "upscale")).symlink_to(outside)
    (tree.root / "19700101").symlink_to(tmp_path / "elsewhere")
    sweeper.expire()

    assert outside.exists()
    assert not (shard / str(old)).exists()
    assert len(list(shard.iterdir())) == 2


def test_within_the_budget_nothing_is_evicted(sweeper: Sweeper, keep: Keep) -> None:
    for _ in range(10):
        keep()

    assert sweeper.shrink() == Usage()
    assert sweeper.evicted_before == 0


def test_over_budget_the_oldest_go_until_there_is_room(sweeper: Sweeper, keep: Keep, held: Held) -> None:
    names = [keep(age) for age in range(660, 0, -60)]

    assert sweeper.shrink() == Usage(2, 2 * SIZE)
    assert held() == names[2:]


def test_eviction_within_one_minute_takes_the_oldest_seconds(sweeper: Sweeper, keep: Keep, held: Held) -> None:
    names = [keep(-age) for age in range(12)]
    sweeper.shrink()

    assert held() == names[3:]


def test_it_tells_up_to_when_pictures_were_evicted(sweeper: Sweeper, keep: Keep) -> None:
    names = [keep(age) for age in range(660, 0, -60)]
    sweeper.shrink()

    assert names[1].created < sweeper.evicted_before <= names[2].created


def test_what_stays_is_not_called_gone(sweeper: Sweeper, keep: Keep) -> None:
    kept = [keep(age) for age in range(660, 0, -60)]
    sweeper.expire()

    assert sweeper.evicted_before <= kept[0].created


def test_of_a_minute_that_goes_in_part_the_rest_is_not_called_gone(sweeper: Sweeper, keep: Keep) -> None:
    kept = keep(TTL + GRACE - 1)
    keep(0)
    sweeper.expire()

    assert sweeper.evicted_before <= kept.created


def test_pictures_of_the_future_say_nothing_of_those_of_now(sweeper: Sweeper, keep: Keep) -> None:
    future = keep(-86_400)
    sweeper.expire()

    assert sweeper.evicted_before < future.created - 86_400


def test_a_sweep_that_is_told_to_stop_does(sweeper: Sweeper, keep: Keep) -> None:
    for age in (TTL * 2, TTL * 3):
        keep(age)
    sweeper.stop()

    assert sweeper.expire() == Usage()


@pytest.mark.parametrize("age", [0.0, TTL - 60])
def test_pictures_that_stay_are_not_listed(
    sweeper: Sweeper, keep: Keep, age: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        keep(age)
    listed = Mock(wraps=os.scandir)
    monkeypatch.setattr(os, "scandir", listed)
    sweeper.expire()

    assert listed.call_count == 2  # the days, and the minutes of the oldest
