"""How the tests themselves are run: what is shared by two processes, and what has the machine to itself."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from support.turns import FOLDER, PROCESSES, processes, turn

ROOT = Path(__file__).parents[1]
DEFAULT = "not slow and not fuzz"


@pytest.mark.parametrize(
    ("named", "markers", "word", "capture", "count"),
    [
        ("tests", DEFAULT, "", "fd", PROCESSES),
        ("tests", DEFAULT, "", "no", 0),
        ("tests", "slow", "", "no", 0),
        ("tests", "fuzz", "", "fd", 0),
        ("tests", DEFAULT, "a_word", "fd", 0),
        ("tests/test_turns.py", DEFAULT, "", "fd", 0),
    ],
    ids=["all", "with figures", "slow", "fuzz", "by a word", "by name"],
)
def test_two_share_the_whole_suite_and_nothing_less(
    named: str, markers: str, word: str, capture: str, count: int
) -> None:
    option = SimpleNamespace(markexpr=markers, keyword=word, capture=capture)
    config = SimpleNamespace(args=[str(ROOT / named)], rootpath=ROOT, option=option)

    assert processes(cast("pytest.Config", config)) == count


class Comer(threading.Thread):
    """Takes a turn and holds it until it is told to end."""

    def __init__(self, *, alone: bool) -> None:
        super().__init__(daemon=True)
        self._alone = alone
        self.there, self.enough = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with turn(alone=self._alone):
            self.there.set()
            self.enough.wait(20)

    def leave(self) -> None:
        self.enough.set()
        self.join(20)


@pytest.fixture(autouse=True)
def _of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))


def test_most_run_beside_each_other() -> None:
    one, other = Comer(alone=False), Comer(alone=False)

    assert one.there.wait(20)
    assert other.there.wait(20)
    one.leave()
    other.leave()


@pytest.mark.parametrize("first_alone", [True, False])
def test_who_is_alone_is_beside_nobody(*, first_alone: bool) -> None:
    first = Comer(alone=first_alone)
    assert first.there.wait(20)
    second = Comer(alone=not first_alone)

    assert not second.there.wait(0.2)
    first.leave()
    assert second.there.wait(20)
    second.leave()


def test_who_wants_it_alone_is_passed_by_nobody() -> None:
    first = Comer(alone=False)
    assert first.there.wait(20)
    second = Comer(alone=True)
    assert not second.there.wait(0.2)
    third = Comer(alone=False)

    assert not third.there.wait(0.2)
    first.leave()
    assert second.there.wait(20)
    assert not third.there.is_set()
    second.leave()
    assert third.there.wait(20)
    third.leave()
