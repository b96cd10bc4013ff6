"""What a store holds, counted while pictures come and go: nothing is missed and nothing counted twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.hosting.stores.base import Usage
from gateway.hosting.stores.bucket import Entry
from gateway.hosting.stores.tally import Tally

SIZE = 10


@pytest.mark.parametrize("returns", ["before the end", "after the end"])
def test_a_picture_that_is_listed_before_its_put_returns_counts_once(returns: str) -> None:
    tally = Tally()
    tally.begin()
    with tally.coming("a"):
        tally.see([Entry("a", SIZE)])
        if returns == "after the end":
            tally.end()
        tally.put("a", SIZE)
    tally.end()

    assert tally.usage == Usage(1, SIZE)


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("returns", ["before the end", "after the end"])
def test_a_picture_that_goes_while_it_is_listed_or_not_is_taken_off_once(returns: str, *, listed: bool) -> None:
    tally = Tally()
    tally.put("a", SIZE)
    tally.begin()
    with tally.going(["a"]):
        tally.see([Entry("a", SIZE)] if listed else [])
        if returns == "after the end":
            tally.end()
        tally.gone("a", SIZE)
    tally.end()

    assert tally.usage == Usage()


class _World:
    """A store whose answers and listings may come in any order."""

    def __init__(self) -> None:
        self.tally = Tally()
        self.there: set[str] = set()
        self._listing: list[str] = []
        self._counting = False
        self._held: dict[str, ExitStack] = {}
        self._next = 0

    def begin_put(self) -> None:
        path = f"{self._next * 7 % 50:02d}"
        self._next += 1
        if path not in self._held and path not in self.there:
            self._held[path] = ExitStack()
            self._held[path].enter_context(self.tally.coming(path))
            self.there.add(path)

    def begin_delete(self) -> None:
        for path in sorted(self.there - set(self._held))[:1]:
            self._held[path] = ExitStack()
            self._held[path].enter_context(self.tally.going([path]))
            self.there.discard(path)

    def answer(self) -> None:
        for path in list(self._held)[:1]:
            (self.tally.put if path in self.there else self.tally.gone)(path, SIZE)
            self._held.pop(path).close()

    def list_on(self) -> None:
        """The next page of a count, or the first of a new one."""
        if not self._counting:
            self._counting, self._seen = True, ""
            self.tally.begin()
        page = sorted(path for path in self.there if path > self._seen)[:2]
        self.tally.see([Entry(path, SIZE) for path in page])
        if page:
            self._seen = page[-1]
        else:
            self.tally.end()
            self._counting = False

    def settle(self) -> None:
        while self._held:
            self.answer()
        while self._counting:
            self.list_on()


STEPS: list[Callable[[_World], None]] = [_World.begin_put, _World.begin_delete, _World.answer, _World.list_on]


@given(st.lists(st.sampled_from(STEPS), max_size=60))
def test_in_whatever_order_things_happen_the_total_is_right_in_the_end(steps: list[Callable[[_World], None]]) -> None:
    world = _World()
    for step in steps:
        step(world)

    world.settle()

    assert world.tally.usage == Usage(len(world.there), SIZE * len(world.there))
