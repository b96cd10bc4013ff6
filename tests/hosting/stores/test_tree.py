from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from unittest.mock import Mock

import pytest

from gateway.hosting.names import HostedName
from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.durable import SCRATCH, scratch
from gateway.hosting.stores.shards import Shard
from gateway.hosting.stores.tree import Found, Tree
from gateway.images import ImageFormat, Operation

MINUTE, DAY = 60, 86_400


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path / "images")
    made.make()
    return made


def adopted(tree: Tree, created: float = 0, data: bytes = b"data") -> HostedName:
    name = HostedName.make(created, secrets.token_bytes, "00" * 32, Operation.EDIT, ImageFormat.PNG)
    with scratch(tree.root) as draft:
        draft.file.write(data)
        tree.adopt(draft, name)
    return name


def place(tree: Tree, name: HostedName) -> Path:
    return tree.root / str(Shard.of(name)) / str(name)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_picture_lies_where_its_name_says(tree: Tree) -> None:
    name = adopted(tree, 1_763_989_628)

    assert (tree.root / "20251124/1307" / str(name)).read_bytes() == b"data"


def test_shards_come_oldest_first(tree: Tree) -> None:
    moments = [DAY * 40, 0, MINUTE, DAY - 1, DAY]
    for moment in moments:
        adopted(tree, moment)

    assert list(tree.shards()) == [Shard.at(moment) for moment in sorted(moments)]


def test_later_days_are_not_looked_into(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(5):
        adopted(tree, DAY * day)
    listed = Mock(wraps=os.scandir)
    monkeypatch.setattr(os, "scandir", listed)
    next(tree.shards())

    assert listed.call_count == 2


def test_pictures_of_a_shard_come_oldest_first_with_their_sizes(tree: Tree) -> None:
    names = [adopted(tree, second, bytes(second)) for second in (30, 10, 20)]

    assert tree.pictures(Shard.at(0)) == [Found(names[1], 10), Found(names[2], 20), Found(names[0], 30)]
    assert tree.usage(Shard.at(0)) == Usage(3, 60)


def test_foreign_files_and_links_are_passed_over(tree: Tree) -> None:
    name = adopted(tree)
    shard = place(tree, name).parent
    (shard / "notes.txt").write_text("")
    (shard / str(name).replace("000000", "000100")).write_text("in the wrong minute")
    (shard / str(name).replace("edit", "upscale")).symlink_to(place(tree, name))
    (tree.root / "19700102").symlink_to(tree.root / "19700101")
    (tree.root / "19700101/0001").symlink_to(shard)

    assert list(tree.shards()) == [Shard.at(0)]
    assert tree.pictures(Shard.at(0)) == [Found(name, 4)]


def test_an_unknown_name_opens_nothing(tree: Tree) -> None:
    name = adopted(tree)
    place(tree, name).unlink()

    assert tree.open(name) is None
    assert tree.find(name) is None


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_link_at_any_level_opens_nothing(tree: Tree, level: int) -> None:
    name = adopted(tree)
    link = [place(tree, name), *place(tree, name).parents][level]
    link.rename(tree.root / "real")
    link.symlink_to(tree.root / "real")

    assert tree.open(name) is None


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_what_is_no_regular_file_opens_nothing(tree: Tree, kind: str) -> None:
    name = adopted(tree)
    path = place(tree, name)
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    before = open_files()

    assert tree.open(name) is None
    assert open_files() == before


def test_a_missing_root_is_an_outage_and_not_a_missing_picture(tree: Tree) -> None:
    name = adopted(tree)
    tree.root.rename(tree.root.with_name("unmounted"))

    with pytest.raises(FileNotFoundError):
        tree.open(name)


def test_a_shard_that_was_pruned_is_made_again(tree: Tree) -> None:
    tree.remove(Shard.at(0), [Found(adopted(tree), 4)])
    tree.prune(Shard.at(0))
    pruned = list(tree.root.iterdir())
    name = adopted(tree)

    assert pruned == [tree.root / SCRATCH]
    assert place(tree, name).exists()


def test_only_what_was_there_counts_as_removed(tree: Tree) -> None:
    first, second = Found(adopted(tree), 4), Found(adopted(tree), 4)
    place(tree, first.name).unlink()

    assert tree.remove(Shard.at(0), [first, second]) == [second]
    assert tree.remove(Shard.at(DAY), [first]) == []


def test_what_refuses_to_go_is_logged_and_the_rest_goes(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = Found(adopted(tree), 4), Found(adopted(tree), 4)
    real = os.unlink

    def unlink(name: str, *, dir_fd: int) -> None:
        if name == str(stuck.name):
            raise OSError(errno.EPERM, "immutable")
        real(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlink)
    assert tree.remove(Shard.at(0), [stuck, other]) == [other]
    assert [record.message for record in caplog.records] == ["pictures could not be removed"]


def test_directories_that_are_not_empty_stay(tree: Tree) -> None:
    adopted(tree)
    adopted(tree, MINUTE)
    tree.prune(Shard.at(0))
    tree.prune(Shard.at(DAY))

    assert list(tree.shards()) == [Shard.at(0), Shard.at(MINUTE)]
